import SalienceTensors

extension VulkanStream: ActivationRatioKernels {
  func activationRatio(_ gradient: Handle, x: Handle, value: Handle, atZero: Float, output: Handle) throws {
    let (_, width, extent) = try size(output)
    try recordRows(
      "activation_ratio", [range(gradient), range(x), range(value), range(output)], rows: .all(extent), width: width,
      more: [atZero.bitPattern], elements: elements(gradient, x, value, output))
  }
}
