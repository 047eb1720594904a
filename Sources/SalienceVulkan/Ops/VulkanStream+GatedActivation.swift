import SalienceTensors

extension VulkanStream: GatedActivationKernels {
  func gatedActivation(_ function: ActivationFunction, _ x: Handle, output: Handle) throws {
    let (_, width, extent) = try size(output)
    try recordRows(
      "gated_activation", constants: [function.constant], [range(x), range(output)], rows: .all(extent), width: width,
      elements: elements(x, output))
  }

  func gatedActivationGradient(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, isShared: Bool, output: Handle
  ) throws {
    let (_, width, extent) = try size(gradient)
    try recordRows(
      "gated_activation_backward", constants: [function.constant, isShared ? 1 : 0],
      [range(gradient), range(x), range(output)], rows: .all(extent), width: width,
      elements: elements(gradient, x, output))
  }
}
