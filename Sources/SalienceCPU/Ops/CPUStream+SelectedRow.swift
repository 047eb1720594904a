import SalienceTensors

extension CPUStream: SelectedRowKernels {
  func selectedRow(_ x: Handle, output: Handle) throws {
    let width = try size(output).width
    let (input, target) = (try pointer(x), try pointer(output))
    for (sequence, row) in batch.selectedRows.enumerated() {
      (target + sequence * width).update(from: input + row * width, count: width)
    }
  }

  func selectedRowGradient(_ gradient: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    let (dy, target) = (try pointer(gradient), try pointer(output))
    target.update(repeating: 0, count: rows * width)
    for (sequence, row) in batch.selectedRows.enumerated() {
      (target + row * width).update(from: dy + sequence * width, count: width)
    }
  }
}
