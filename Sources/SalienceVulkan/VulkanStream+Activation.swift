import SalienceTensors

extension VulkanStream: ActivationKernels {
  func activation(_ function: ActivationFunction, _ x: Handle, output: Handle, derivative: Handle?) throws {
    let (target, size) = (try range(output), try size(output))
    try recordRows(
      "activation", constants: [Self.number(of: function), derivative == nil ? 0 : 1],
      [range(x), target, derivative.map(range) ?? target], rows: .all(size.extent), width: size.width,
      elements: elements(x, output, derivative))
  }

  /// The specialisation constant `FUNCTION`.
  private static func number(of function: ActivationFunction) -> UInt32 {
    switch function {
    case .gelu: 0
    case .geluTanh: 1
    case .relu: 2
    case .tanh: 3
    case .silu: 4
    }
  }
}
