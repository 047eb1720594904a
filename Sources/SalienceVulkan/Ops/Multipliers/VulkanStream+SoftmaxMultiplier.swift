import SalienceTensors

extension VulkanStream: SoftmaxMultiplierKernels {
  func softmaxMultiplier(_ gradient: Handle, x: Handle, partner: Handle, output: Handle) throws {
    let (_, width, extent) = try size(output)
    try recordSharedRows(
      "softmax_multiplier", [range(gradient), range(x), range(partner), range(output)], rows: .all(extent),
      width: width, elements: elements(gradient, x, partner, output))
  }

  func tokenSoftmaxMultiplier(_ gradient: Handle, x: Handle, partner: Handle, output: Handle) throws {
    try recordSharedRows(
      "token_softmax_multiplier",
      [
        tables.range(.offsets), tables.range(.candidates), range(gradient), range(x), range(partner), range(output),
      ],
      rows: .all(.sequences), width: size(output).width, elements: elements(gradient, x, partner, output))
  }
}
