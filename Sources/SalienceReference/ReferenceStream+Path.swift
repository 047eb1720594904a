import SalienceTensors

extension ReferenceStream: PathKernels {
  public func interpolate(input: Handle, baseline: Handle, path: PathBatch, output: Handle) throws {
    let width = try size(output).width
    let (x, b) = (try values(input), try values(baseline))
    var result: [Double] = []
    for (sequence, length) in batch.lengths.enumerated() {
      let start = path.exampleRows[sequence] * width
      for index in start..<start + length * width {
        result.append(b[index] + path.alphas[sequence] * (x[index] - b[index]))
      }
    }
    try store(result, to: output)
  }

  public func accumulate(_ gradient: Handle, path: PathBatch, into sum: Handle) throws {
    let width = try size(gradient).width
    let dy = try values(gradient)
    var result = try values(sum)
    for (sequence, length) in batch.lengths.enumerated() where path.weights[sequence] != 0 {
      let start = batch.offsets[sequence] * width
      for index in 0..<length * width {
        result[path.exampleRows[sequence] * width + index] += path.weights[sequence] * dy[start + index]
      }
    }
    try store(result, to: sum)
  }

  public func store(_ value: Handle, zeroed: [Bool], into buffer: Handle, at row: Int) throws {
    let width = try size(value).width
    var rows = try values(value)
    for (row, zero) in zeroed.enumerated() where zero {
      for column in 0..<width { rows[row * width + column] = 0 }
    }
    try store(rows, to: buffer, at: row * width)
  }

  public func clear(_ buffer: Handle, rows: Int, width: Int) throws {
    try store(Array(repeating: 0, count: rows * width), to: buffer)
  }

  public func reduce(
    input: Handle, baseline: Handle, gradient: Handle, rows: Int, width: Int, reduction: TokenReduction
  ) throws -> PathScores {
    let g = try values(gradient)
    let (x, b) = reduction.readsEnds ? (try values(input), try values(baseline)) : (g, g)
    let elements = (0..<rows).map { row in
      (row * width..<(row + 1) * width).map { reduction.element(x[$0], b[$0], g[$0]) }
    }
    return PathScores(
      sums: elements.map { $0.reduce(0, +) }, squares: elements.map { $0.reduce(0) { $0 + $1 * $1 } })
  }
}

extension TokenReduction {
  /// The element of an input x, a baseline and a gradient.
  func element(_ x: Double, _ baseline: Double, _ gradient: Double) -> Double {
    switch self {
    case .product: (x - baseline) * gradient
    case .gradient: gradient
    case .absolute: abs(gradient)
    }
  }
}
