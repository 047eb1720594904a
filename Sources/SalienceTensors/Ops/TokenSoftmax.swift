/// y = exp(x - max(x)) / Σ exp(x - max(x)) over each column of a sequence's candidates (`TokenSequence.candidates`), 0
/// at its other tokens: [T x C] -> [T x C].
///
/// The probability that a token is the one which a column asks for, as an answer's first token is.
public struct TokenSoftmax: Operation {
  public var name: String { "token_softmax" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard inputs[0].rows == .tokens else { throw TensorError(.shape, "token_softmax takes tokens, not \(inputs[0])") }
    return [inputs[0]]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.apply(TokenSoftmaxGradient(), [gradient, outputs[0]])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.tokenSoftmax(inputs[0], output: primary(outputs))
  }
}

/// dx = y (dy - Σ dy y) over each column of a sequence, y the probabilities: a token's gradient reaches all candidates.
///
/// Float32 kernels subtract the likeliest token's dy from every other, as those of `SoftmaxGradient` do.
public struct TokenSoftmaxGradient: Operation {
  public var name: String { "token_softmax_backward" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 2...2)
    try expectEqual(inputs[0], inputs[1])
    guard inputs[0].rows == .tokens else {
      throw TensorError(.shape, "token_softmax_backward takes tokens, not \(inputs[0])")
    }
    return [inputs[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.tokenSoftmaxGradient(inputs[0], probabilities: inputs[1], output: primary(outputs))
  }
}

public protocol TokenSoftmaxKernels {
  func tokenSoftmax(_ x: Handle, output: Handle) throws
  func tokenSoftmaxGradient(_ gradient: Handle, probabilities: Handle, output: Handle) throws
}

extension Plan {
  /// Softmax of each column over each sequence's candidates.
  public mutating func tokenSoftmax(_ x: ValueID) throws -> ValueID { try apply(TokenSoftmax(), [x])[0] }
}
