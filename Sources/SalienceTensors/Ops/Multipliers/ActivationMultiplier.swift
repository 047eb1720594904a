/// dx = dy (f(x) - f(x')) / (x - x'), and dy f'(x) where both are one number: DeepLIFT's rescale rule
/// (arXiv 1704.02685).
///
/// Inputs: dy, x and x'. Kernels do not divide what two rounded values differ by: each function has a form of the
/// quotient without cancellation.
public struct ActivationMultiplier: Operation {
  public let function: ActivationFunction

  public var name: String { "activation_multiplier" }
  public var isElementwise: Bool { true }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 3...3)
    try expectEqual(inputs[0], inputs[1])
    try expectEqual(inputs[0], inputs[2])
    return [inputs[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.activationMultiplier(
      function, inputs[0], x: inputs[1], partner: inputs[2], output: primary(outputs))
  }
}

/// Of y = f(a) b, a row holding a and b side by side: dy times the mean of b and b' times f's quotient, and dy times
/// the mean of f(a) and f(a'), side by side.
///
/// Inputs: dy [R x F], a | b and a' | b' [R x 2F].
public struct GatedActivationMultiplier: Operation {
  public let function: ActivationFunction

  public var name: String { "gated_activation_multiplier" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 3...3)
    try expectEqual(inputs[1], inputs[2])
    guard inputs[1] == ValueShape(inputs[0].rows, 2 * inputs[0].width) else {
      throw TensorError(.shape, "\(name) does not take \(inputs)")
    }
    return [inputs[1]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.gatedActivationMultiplier(
      function, inputs[0], x: inputs[1], partner: inputs[2], output: primary(outputs))
  }
}

public protocol ActivationMultiplierKernels {
  /// output = gradient (f(x) - f(x')) / (x - x'), with x' the partner's.
  func activationMultiplier(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, partner: Handle, output: Handle) throws

  /// See `GatedActivationMultiplier`; x and the partner's hold a and b side by side.
  func gatedActivationMultiplier(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, partner: Handle, output: Handle) throws
}

extension Plan {
  /// gradient (f(x) - f(x')) / (x - x'), with x' the partner's.
  public mutating func activationMultiplier(
    _ function: ActivationFunction, _ gradient: ValueID, x: ValueID, partner: ValueID
  ) throws -> ValueID {
    try apply(ActivationMultiplier(function: function), [gradient, x, partner])[0]
  }

  /// The same through f(a) * b of rows that hold a and b side by side.
  public mutating func gatedActivationMultiplier(
    _ function: ActivationFunction, _ gradient: ValueID, x: ValueID, partner: ValueID
  ) throws -> ValueID {
    try apply(GatedActivationMultiplier(function: function), [gradient, x, partner])[0]
  }
}
