import SalienceTensors

extension ReferenceStream: MeanRowKernels {
  public func meanRow(_ x: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    let input = try values(x)
    var result = [Double](repeating: 0, count: rows * width)
    for (sequence, (start, length)) in zip(batch.offsets, batch.lengths).enumerated() {
      for index in start * width..<(start + length) * width {
        result[sequence * width + index % width] += input[index] / Double(length)
      }
    }
    try store(result, to: output)
  }

  public func meanRowGradient(_ gradient: Handle, output: Handle) throws {
    let width = try size(output).width
    let dy = try values(gradient)
    let result = batch.lengths.enumerated().flatMap { sequence, length in
      let row = dy[sequence * width..<(sequence + 1) * width].map { $0 / Double(length) }
      return (0..<length).flatMap { _ in row }
    }
    try store(result, to: output)
  }
}
