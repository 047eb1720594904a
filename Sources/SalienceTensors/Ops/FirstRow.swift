/// The first token's row of each sequence: [T x H] -> [B x H].
public struct FirstRow: Operation {
  public var name: String { "first_row" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard inputs[0].rows == .tokens else { throw TensorError(.shape, "first_row takes tokens, not \(inputs[0])") }
    return [ValueShape(.sequences, inputs[0].width)]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.apply(FirstRowGradient(), [gradient])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.firstRow(inputs[0], output: primary(outputs))
  }
}

/// Gradient of `FirstRow`: the row in its place, zeros elsewhere: [B x H] -> [T x H].
public struct FirstRowGradient: Operation {
  public var name: String { "first_row_backward" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard inputs[0].rows == .sequences else {
      throw TensorError(.shape, "first_row_backward takes sequences, not \(inputs[0])")
    }
    return [ValueShape(.tokens, inputs[0].width)]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.firstRowGradient(inputs[0], output: primary(outputs))
  }
}

public protocol FirstRowKernels {
  func firstRow(_ x: Handle, output: Handle) throws
  func firstRowGradient(_ gradient: Handle, output: Handle) throws
}

extension Plan {
  public mutating func firstRow(_ x: ValueID) throws -> ValueID { try apply(FirstRow(), [x])[0] }
}
