/// dx = dy f(x) / x, and dy f'(0) where x is 0: the identity rule of layer-wise relevance propagation (arXiv 2402.05602,
/// equation 9), by which all of y's relevance y dy is x's.
///
/// Inputs: dy, x and y = f(x).
public struct ActivationRatio: Operation {
  public let function: ActivationFunction

  public var name: String { "activation_ratio" }
  public var isElementwise: Bool { true }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 3...3)
    try expectEqual(inputs[0], inputs[1])
    try expectEqual(inputs[0], inputs[2])
    return [inputs[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.activationRatio(
      inputs[0], x: inputs[1], value: inputs[2], atZero: Float(function.slope(0)), output: primary(outputs))
  }
}

public protocol ActivationRatioKernels {
  /// output = gradient * value / x; gradient * atZero where |x| is so small that the quotient has no digits, below 1e-30.
  func activationRatio(_ gradient: Handle, x: Handle, value: Handle, atZero: Float, output: Handle) throws
}

extension Plan {
  /// gradient * value / x, for value = f(x).
  public mutating func activationRatio(
    _ gradient: ValueID, x: ValueID, value: ValueID, of function: ActivationFunction
  ) throws -> ValueID {
    try apply(ActivationRatio(function: function), [gradient, x, value])[0]
  }
}
