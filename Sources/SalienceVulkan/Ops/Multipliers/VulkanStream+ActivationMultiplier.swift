import SalienceTensors

extension VulkanStream: ActivationMultiplierKernels {
  func activationMultiplier(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, partner: Handle, output: Handle
  ) throws {
    let (_, width, extent) = try size(output)
    try recordRows(
      "activation_multiplier", constants: [function.constant],
      [range(gradient), range(x), range(partner), range(output)], rows: .all(extent), width: width,
      elements: elements(gradient, x, partner, output))
  }

  func gatedActivationMultiplier(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, partner: Handle, output: Handle
  ) throws {
    let (_, width, extent) = try size(gradient)
    try recordRows(
      "gated_activation_multiplier", constants: [function.constant],
      [range(gradient), range(x), range(partner), range(output)], rows: .all(extent), width: width,
      elements: elements(gradient, x, partner, output))
  }
}
