import SalienceTensors

extension ReferenceStream: LayerNormKernels {
  public func layerNorm(
    _ x: Handle, residual: Handle?, gamma: Parameter, beta: Parameter?, epsilon: Float,
    output: Handle, normalized: Handle?, inverseDeviation: Handle?
  ) throws {
    let (rows, width) = try size(output)
    var input = try values(x)
    if let residual { input = zip(input, try values(residual)).map(+) }
    let (scale, shift) = (try parameter(gamma), try beta.map(parameter))
    var (y, n, r) = (input, input, [Double](repeating: 0, count: rows))
    for row in 0..<rows {
      let range = row * width..<(row + 1) * width
      let mean = input[range].reduce(0, +) / Double(width)
      let variance = input[range].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
      r[row] = 1 / (variance + Double(epsilon)).squareRoot()
      for index in range {
        n[index] = (input[index] - mean) * r[row]
        y[index] = n[index] * scale[index - range.lowerBound] + (shift?[index - range.lowerBound] ?? 0)
      }
    }
    try store(y, to: output)
    if let normalized { try store(n, to: normalized) }
    if let inverseDeviation { try store(r, to: inverseDeviation) }
  }

  public func layerNormGradient(
    _ gradient: Handle, normalized: Handle?, inverseDeviation: Handle, gamma: Parameter, output: Handle
  ) throws {
    let (rows, width) = try size(output)
    let (dy, n, r, scale) = (
      try values(gradient), try normalized.map(values), try values(inverseDeviation), try parameter(gamma)
    )
    var dx = dy
    for row in 0..<rows {
      let range = row * width..<(row + 1) * width
      let g = range.map { dy[$0] * scale[$0 - range.lowerBound] }
      let mean = g.reduce(0, +) / Double(width)
      let projection = n.map { zip(g, $0[range]).reduce(0) { $0 + $1.0 * $1.1 } / Double(width) } ?? 0
      for (column, index) in range.enumerated() {
        dx[index] = r[row] * (g[column] - mean - (n?[index] ?? 0) * projection)
      }
    }
    try store(dx, to: output)
  }
}
