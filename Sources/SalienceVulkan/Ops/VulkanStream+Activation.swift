import SalienceTensors

extension VulkanStream: ActivationKernels {
  func activation(_ function: ActivationFunction, _ x: Handle, output: Handle, derivative: Handle?) throws {
    let (target, size) = (try range(output), try size(output))
    try recordRows(
      "activation", constants: [function.constant, derivative == nil ? 0 : 1],
      [range(x), target, derivative.map(range) ?? target], rows: .all(size.extent), width: size.width,
      elements: elements(x, output, derivative))
  }

  func activationRatio(_ gradient: Handle, x: Handle, value: Handle, atZero: Float, output: Handle) throws {
    let (_, width, extent) = try size(output)
    try recordRows(
      "activation_ratio", [range(gradient), range(x), range(value), range(output)], rows: .all(extent), width: width,
      more: [atZero.bitPattern], elements: elements(gradient, x, value, output))
  }
}

extension ActivationFunction {
  private static let numbered: [Self] = [.gelu, .geluTanh, .relu, .tanh, .silu]

  /// The specialisation constant `FUNCTION`.
  var constant: UInt32 { UInt32(Self.numbered.firstIndex(of: self) ?? 0) }

  init?(constant: UInt32) {
    guard constant < Self.numbered.count else { return nil }
    self = Self.numbered[Int(constant)]
  }
}
