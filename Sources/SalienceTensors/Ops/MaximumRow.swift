/// The largest of each column over a sequence's tokens: [T x C] -> [B x C].
///
/// Outputs: the maxima; the token of the sequence that each is from, the first of several, as a number [B x C], which
/// float32 holds exactly.
public struct MaximumRow: Operation {
  public var name: String { "maximum_row" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard inputs[0].rows == .tokens else { throw TensorError(.shape, "maximum_row takes tokens, not \(inputs[0])") }
    let output = ValueShape(.sequences, inputs[0].width)
    return [output, output]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.apply(MaximumRowGradient(), [gradient, outputs[1]])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.maximumRow(inputs[0], output: primary(outputs), token: outputs[1])
  }
}

/// Gradient of `MaximumRow`: each column's at the token that its maximum is from, zeros elsewhere.
///
/// Inputs: the gradient and the tokens, [B x C] both; output [T x C].
public struct MaximumRowGradient: Operation {
  public var name: String { "maximum_row_backward" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 2...2)
    try expectEqual(inputs[0], inputs[1])
    guard inputs[0].rows == .sequences else {
      throw TensorError(.shape, "maximum_row_backward takes sequences, not \(inputs[0])")
    }
    return [ValueShape(.tokens, inputs[0].width)]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.maximumRowGradient(inputs[0], token: inputs[1], output: primary(outputs))
  }
}

public protocol MaximumRowKernels {
  /// output[b] = the maxima of sequence b; token[b] = which of its tokens they are from, counted from 0.
  func maximumRow(_ x: Handle, output: Handle, token: Handle?) throws
  func maximumRowGradient(_ gradient: Handle, token: Handle, output: Handle) throws
}

extension Plan {
  /// The largest of each column over each sequence's tokens; its gradient goes to the first token that has it.
  public mutating func maximumRow(_ x: ValueID) throws -> ValueID { try apply(MaximumRow(), [x])[0] }
}
