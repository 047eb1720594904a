/// y = 1 / (1 + exp(-x)), and y (1 - y) where a backward pass will want it: the probability that a logit alone stands
/// for.
///
/// The derivative is made of exp(-|x|) and not of y, whose distance from 1 float32 loses.
public struct Sigmoid: Operation {
  public var name: String { "sigmoid" }
  public var isElementwise: Bool { true }

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
    try kernels.sigmoid(inputs[0], output: primary(outputs), derivative: outputs[1])
  }
}

public protocol SigmoidKernels {
  /// output = y, derivative = y (1 - y).
  func sigmoid(_ x: Handle, output: Handle, derivative: Handle?) throws
}

extension Plan {
  public mutating func sigmoid(_ x: ValueID) throws -> ValueID { try apply(Sigmoid(), [x])[0] }
}
