/// y = f(a) * b of rows that hold a and b side by side: [R x 2F] -> [R x F] (arXiv 2002.05202).
///
/// Nothing is saved for backward, which computes f anew: both passes are bound by memory.
public struct GatedActivation: Operation {
  public let function: ActivationFunction

  public var name: String { "gated_activation" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard inputs[0].width % 2 == 0 else { throw TensorError(.shape, "\(name) does not take \(inputs[0])") }
    return [ValueShape(inputs[0].rows, inputs[0].width / 2)]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.apply(GatedActivationGradient(function: function), [gradient, inputs[0]])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.gatedActivation(function, inputs[0], output: primary(outputs))
  }
}

/// Gradient of `GatedActivation`: dy b f'(a) and dy f(a) side by side, from dy [R x F] and a and b [R x 2F].
public struct GatedActivationGradient: Operation {
  public let function: ActivationFunction
  /// Whether f(a) and b share dy by halves and f's slope is f(a) / a, as `AttnLRPGradient` has it.
  public var isShared = false

  public var name: String { "gated_activation_backward" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 2...2)
    guard inputs[1] == ValueShape(inputs[0].rows, 2 * inputs[0].width) else {
      throw TensorError(.shape, "\(name) does not take \(inputs)")
    }
    return [inputs[1]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.gatedActivationGradient(
      function, inputs[0], x: inputs[1], isShared: isShared, output: primary(outputs))
  }
}

public protocol GatedActivationKernels {
  /// output = f(a) * b, x holding a and b side by side.
  func gatedActivation(_ function: ActivationFunction, _ x: Handle, output: Handle) throws

  /// - Parameter isShared: half of both sides, and f(a) / a in place of f'(a); f'(0) where |a| is below 1e-30.
  func gatedActivationGradient(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, isShared: Bool, output: Handle) throws
}

extension Plan {
  /// f(a) * b of rows that hold a and b side by side.
  public mutating func gatedActivation(_ function: ActivationFunction, _ x: ValueID) throws -> ValueID {
    try apply(GatedActivation(function: function), [x])[0]
  }
}
