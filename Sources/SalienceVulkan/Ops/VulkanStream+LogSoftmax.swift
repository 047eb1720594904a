import SalienceTensors

extension VulkanStream: LogSoftmaxKernels {
  func logSoftmax(_ x: Handle, output: Handle) throws {
    let (_, width, extent) = try size(output)
    try recordSharedRows(
      "log_softmax", [range(x), range(output)], rows: .all(extent), width: width, elements: elements(x, output))
  }

  func logSoftmaxGradient(_ gradient: Handle, logarithms: Handle, output: Handle) throws {
    let (_, width, extent) = try size(output)
    try recordSharedRows(
      "log_softmax_backward", [range(gradient), range(logarithms), range(output)], rows: .all(extent), width: width,
      elements: elements(gradient, logarithms, output))
  }
}
