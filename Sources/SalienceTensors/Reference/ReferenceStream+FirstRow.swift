extension ReferenceStream: FirstRowKernels {
  public func firstRow(_ x: Handle, output: Handle) throws {
    let width = try size(output).width
    let input = try values(x)
    try store(batch.offsets.dropLast().flatMap { input[$0 * width..<($0 + 1) * width] }, to: output)
  }

  public func firstRowGradient(_ gradient: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    let dy = try values(gradient)
    var result = [Double](repeating: 0, count: rows * width)
    for (sequence, row) in batch.offsets.dropLast().enumerated() {
      result.replaceSubrange(
        row * width..<(row + 1) * width, with: dy[sequence * width..<(sequence + 1) * width])
    }
    try store(result, to: output)
  }
}
