import SalienceTensors

extension ReferenceStream: SelectedRowKernels {
  public func selectedRow(_ x: Handle, output: Handle) throws {
    let width = try size(output).width
    let input = try values(x)
    try store(batch.selectedRows.flatMap { input[$0 * width..<($0 + 1) * width] }, to: output)
  }

  public func selectedRowGradient(_ gradient: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    let dy = try values(gradient)
    var result = [Double](repeating: 0, count: rows * width)
    for (sequence, row) in batch.selectedRows.enumerated() {
      result.replaceSubrange(
        row * width..<(row + 1) * width, with: dy[sequence * width..<(sequence + 1) * width])
    }
    try store(result, to: output)
  }
}
