import SalienceTensors

extension ReferenceStream: RMSNormKernels {
  public func rmsNorm(
    _ x: Handle, residual: Handle?, gamma: Parameter, groups: NormGroups, epsilon: Float, output: Handle,
    inverseRoot: Handle?, sum: Handle?
  ) throws {
    let (rows, width) = try size(output)
    var input = try values(x)
    if let residual { input = zip(input, try values(residual)).map(+) }
    let scale = try parameter(gamma)
    var (y, r) = (input, [Double]())
    for row in 0..<rows {
      for group in 0..<groups.count {
        let start = row * width + group * groups.size
        let range = start..<start + groups.size
        let mean = input[range].reduce(0) { $0 + $1 * $1 } / Double(groups.size)
        r.append(1 / (mean + Double(epsilon)).squareRoot())
        for index in range { y[index] = input[index] * r[r.count - 1] * scale[index - row * width] }
      }
    }
    try store(y, to: output)
    if let inverseRoot { try store(r, to: inverseRoot) }
    if let sum { try store(input, to: sum) }
  }

  public func rmsNormGradient(
    _ gradient: Handle, sum: Handle?, inverseRoot: Handle, gamma: Parameter, groups: NormGroups, output: Handle
  ) throws {
    let (rows, width) = try size(output)
    let (dy, s, roots, scale) = (
      try values(gradient), try sum.map(values), try values(inverseRoot), try parameter(gamma)
    )
    var dx = dy
    for row in 0..<rows {
      for group in 0..<groups.count {
        let (start, r) = (row * width + group * groups.size, roots[row * groups.count + group])
        let range = start..<start + groups.size
        let g = range.map { dy[$0] * scale[$0 - row * width] }
        let projection = s.map { zip(g, $0[range]).reduce(0) { $0 + $1.0 * $1.1 * r } / Double(groups.size) } ?? 0
        for (column, index) in range.enumerated() { dx[index] = r * (g[column] - (s?[index] ?? 0) * r * projection) }
      }
    }
    try store(dx, to: output)
  }
}
