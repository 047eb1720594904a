import SalienceTensors

extension VulkanStream: TokenSoftmaxKernels {
  func tokenSoftmax(_ x: Handle, output: Handle) throws {
    try recordSharedRows(
      "token_softmax", [tables.range(.offsets), tables.range(.candidates), range(x), range(output)],
      rows: .all(.sequences), width: size(output).width, elements: elements(x, output))
  }

  func tokenSoftmaxGradient(_ gradient: Handle, probabilities: Handle, output: Handle) throws {
    try recordSharedRows(
      "token_softmax_backward", [tables.range(.offsets), range(gradient), range(probabilities), range(output)],
      rows: .all(.sequences), width: size(output).width, elements: elements(gradient, probabilities, output))
  }
}
