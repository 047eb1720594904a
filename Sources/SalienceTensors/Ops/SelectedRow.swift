/// The row that each sequence selects (`TokenSequence.selectedRow`): [T x H] -> [B x H].
public struct SelectedRow: Operation {
  public var name: String { "selected_row" }
  public var linearity: Linearity { .linear }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard inputs[0].rows == .tokens else { throw TensorError(.shape, "selected_row takes tokens, not \(inputs[0])") }
    return [ValueShape(.sequences, inputs[0].width)]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.apply(SelectedRowGradient(), [gradient])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.selectedRow(inputs[0], output: primary(outputs))
  }

  /// The selected rows alone are read.
  public func elements(_ sizes: BatchSizes, inputs: [ValueShape], outputs: [ValueShape?]) -> Int {
    2 * sizes.rows(.sequences) * inputs[0].width
  }
}

/// Gradient of `SelectedRow`: the row in its place, zeros elsewhere: [B x H] -> [T x H].
public struct SelectedRowGradient: Operation {
  public var name: String { "selected_row_backward" }
  public var linearity: Linearity { .linear }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard inputs[0].rows == .sequences else {
      throw TensorError(.shape, "selected_row_backward takes sequences, not \(inputs[0])")
    }
    return [ValueShape(.tokens, inputs[0].width)]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.selectedRowGradient(inputs[0], output: primary(outputs))
  }
}

public protocol SelectedRowKernels {
  func selectedRow(_ x: Handle, output: Handle) throws
  func selectedRowGradient(_ gradient: Handle, output: Handle) throws
}

extension Plan {
  public mutating func selectedRow(_ x: ValueID) throws -> ValueID { try apply(SelectedRow(), [x])[0] }
}
