import SalienceTensors

extension VulkanStream: SoftmaxKernels {
  func softmax(_ x: Handle, output: Handle) throws {
    let (_, width, extent) = try size(output)
    try recordSharedRows(
      "softmax", [range(x), range(output)], rows: .all(extent), width: width, elements: elements(x, output))
  }

  func softmaxGradient(_ gradient: Handle, probabilities: Handle, output: Handle) throws {
    let (_, width, extent) = try size(output)
    try recordSharedRows(
      "softmax_backward", [range(gradient), range(probabilities), range(output)], rows: .all(extent), width: width,
      elements: elements(gradient, probabilities, output))
  }
}
