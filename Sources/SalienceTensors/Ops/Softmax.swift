/// y = exp(x - max(x)) / Σ exp(x - max(x)) over each row.
///
/// Attention has its own, fused with its products; this one is for rows that stand alone, such as logits.
public struct Softmax: Operation {
  public var name: String { "softmax" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    return [inputs[0]]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.apply(SoftmaxGradient(), [gradient, outputs[0]])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.softmax(inputs[0], output: primary(outputs))
  }
}

/// dx = y (dy - Σ dy y) over each row, y the probabilities.
///
/// As Σ y = 1, float32 kernels subtract the likeliest column's dy from every other first: where its probability is near
/// 1, what remains of 1 - y then has its digits.
public struct SoftmaxGradient: Operation {
  public var name: String { "softmax_backward" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 2...2)
    try expectEqual(inputs[0], inputs[1])
    return [inputs[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.softmaxGradient(inputs[0], probabilities: inputs[1], output: primary(outputs))
  }
}

public protocol SoftmaxKernels {
  func softmax(_ x: Handle, output: Handle) throws
  func softmaxGradient(_ gradient: Handle, probabilities: Handle, output: Handle) throws
}

extension Plan {
  public mutating func softmax(_ x: ValueID) throws -> ValueID { try apply(Softmax(), [x])[0] }
}
