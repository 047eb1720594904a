/// y = f(x), and f'(x) where a backward pass will want it.
///
/// The derivative is saved instead of x: it takes the same memory, and backward becomes one product.
public struct Activation: Operation {
  public let function: ActivationFunction

  public var name: String { "activation" }
  public var isElementwise: Bool { true }
  public var finish: ProductFinish? { .activation(function) }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    return [inputs[0], inputs[0]]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.multiply(gradient, outputs[1])]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.activation(function, inputs[0], output: primary(outputs), derivative: outputs[1])
  }
}

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

public protocol ActivationKernels {
  /// output = f(x), derivative = f'(x).
  func activation(_ function: ActivationFunction, _ x: Handle, output: Handle, derivative: Handle?) throws

  /// output = gradient * value / x; gradient * atZero where |x| is so small that the quotient has no digits, below 1e-30.
  func activationRatio(_ gradient: Handle, x: Handle, value: Handle, atZero: Float, output: Handle) throws
}

extension Plan {
  public mutating func activation(_ function: ActivationFunction, _ x: ValueID) throws -> ValueID {
    try apply(Activation(function: function), [x])[0]
  }

  /// gradient * value / x, for value = f(x).
  public mutating func activationRatio(
    _ gradient: ValueID, x: ValueID, value: ValueID, of function: ActivationFunction
  ) throws -> ValueID {
    try apply(ActivationRatio(function: function), [gradient, x, value])[0]
  }
}
