/// The mean of each sequence's rows: [T x H] -> [B x H].
public struct MeanRow: Operation {
  public var name: String { "mean_row" }
  public var linearity: Linearity { .linear }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard inputs[0].rows == .tokens else { throw TensorError(.shape, "mean_row takes tokens, not \(inputs[0])") }
    return [ValueShape(.sequences, inputs[0].width)]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.apply(MeanRowGradient(), [gradient])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.meanRow(inputs[0], output: primary(outputs))
  }
}

/// Gradient of `MeanRow`: the row over the sequence's length, at each of its tokens: [B x H] -> [T x H].
public struct MeanRowGradient: Operation {
  public var name: String { "mean_row_backward" }
  public var linearity: Linearity { .linear }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard inputs[0].rows == .sequences else {
      throw TensorError(.shape, "mean_row_backward takes sequences, not \(inputs[0])")
    }
    return [ValueShape(.tokens, inputs[0].width)]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.meanRowGradient(inputs[0], output: primary(outputs))
  }
}

public protocol MeanRowKernels {
  func meanRow(_ x: Handle, output: Handle) throws
  func meanRowGradient(_ gradient: Handle, output: Handle) throws
}

extension Plan {
  /// The mean over each sequence's tokens.
  public mutating func meanRow(_ x: ValueID) throws -> ValueID { try apply(MeanRow(), [x])[0] }
}
