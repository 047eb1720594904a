import SalienceTensors

extension ReferenceStream: NormMultiplierKernels {
  public func normMultiplier(
    _ gradient: Handle, rows: Handle, partner: Handle, inverseRoot: Handle, partnerRoot: Handle, gamma: Parameter,
    groups: NormGroups, isCentered: Bool, output: Handle
  ) throws {
    let (count, width) = try size(output)
    let (dy, own, other) = (try values(gradient), try values(rows), try values(partner))
    let (roots, otherRoots, scale) = (try values(inverseRoot), try values(partnerRoot), try parameter(gamma))
    var dx = dy
    for row in 0..<count {
      for group in 0..<groups.count {
        let (r, s) = (roots[row * groups.count + group], otherRoots[row * groups.count + group])
        let start = row * width + group * groups.size
        let range = start..<start + groups.size
        let g = range.map { dy[$0] * scale[$0 - row * width] }
        let n = range.map { own[$0] * (isCentered ? 1 : r) }
        let m = range.map { other[$0] * (isCentered ? 1 : s) }
        let size = Double(groups.size)
        let mean = isCentered ? g.reduce(0, +) / size : 0
        let projection = g.indices.reduce(0) { $0 + g[$1] * (n[$1] + m[$1]) } / size
        for (column, index) in range.enumerated() {
          let row = (s * n[column] + r * m[column]) / (r + s)
          dx[index] = r * s / (r + s) * (2 * (g[column] - mean) - projection * row)
        }
      }
    }
    try store(dx, to: output)
  }
}
