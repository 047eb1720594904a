/// What a softmax passes back between two rows, so that times x - x' it is the difference of the probabilities:
/// dx = L (dy - Σ L dy / Σ L), with L as in `AttentionMultiplier`.
///
/// Inputs: dy, x and x'. Probabilities are made of x anew, for their logarithms are wanted.
public struct SoftmaxMultiplier: Operation {
  public var name: String { "softmax_multiplier" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 3...3)
    try expectEqual(inputs[0], inputs[1])
    try expectEqual(inputs[0], inputs[2])
    return [inputs[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.softmaxMultiplier(inputs[0], x: inputs[1], partner: inputs[2], output: primary(outputs))
  }
}

/// The same for the columns of a sequence's candidates, as `TokenSoftmax` has them; zeros at other tokens.
public struct TokenSoftmaxMultiplier: Operation {
  public var name: String { "token_softmax_multiplier" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 3...3)
    try expectEqual(inputs[0], inputs[1])
    try expectEqual(inputs[0], inputs[2])
    guard inputs[0].rows == .tokens else { throw TensorError(.shape, "\(name) takes tokens, not \(inputs[0])") }
    return [inputs[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.tokenSoftmaxMultiplier(inputs[0], x: inputs[1], partner: inputs[2], output: primary(outputs))
  }
}

public protocol SoftmaxMultiplierKernels {
  /// See `SoftmaxMultiplier`.
  func softmaxMultiplier(_ gradient: Handle, x: Handle, partner: Handle, output: Handle) throws
  /// See `TokenSoftmaxMultiplier`.
  func tokenSoftmaxMultiplier(_ gradient: Handle, x: Handle, partner: Handle, output: Handle) throws
}
