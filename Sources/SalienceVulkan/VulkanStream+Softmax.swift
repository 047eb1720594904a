import SalienceTensors

extension VulkanStream: SoftmaxKernels {
  func softmax(_ x: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    try recordSharedRows("softmax", [range(x), range(output)], rows: rows, width: width, elements: elements(x, output))
  }

  func softmaxGradient(_ gradient: Handle, probabilities: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    try recordSharedRows(
      "softmax_backward", [range(gradient), range(probabilities), range(output)], rows: rows, width: width,
      elements: elements(gradient, probabilities, output))
  }
}
