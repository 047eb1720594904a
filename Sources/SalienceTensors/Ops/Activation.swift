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

public protocol ActivationKernels {
  /// output = f(x), derivative = f'(x).
  func activation(_ function: ActivationFunction, _ x: Handle, output: Handle, derivative: Handle?) throws
}

extension Plan {
  public mutating func activation(_ function: ActivationFunction, _ x: ValueID) throws -> ValueID {
    try apply(Activation(function: function), [x])[0]
  }
}
