/// y = x with each of a row's parts multiplied by a factor of its own; parts are columns side by side, equally wide.
public struct ColumnScaling: Operation {
  /// One to three, one per part.
  public let factors: [Float]

  public var name: String { "column_scaling" }
  public var linearity: Linearity { .linear }
  public var isElementwise: Bool { true }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard (1...3).contains(factors.count), inputs[0].width % factors.count == 0 else {
      throw TensorError(.shape, "\(name) by \(factors) does not take \(inputs[0])")
    }
    return [inputs[0]]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.scaleColumns(gradient, by: factors)]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.scaleColumns(inputs[0], by: factors, output: primary(outputs))
  }
}

public protocol ColumnScalingKernels {
  /// output = x with the columns of each of `factors.count` equal parts multiplied by its factor.
  func scaleColumns(_ x: Handle, by factors: [Float], output: Handle) throws
}

extension Plan {
  /// Rows whose parts, side by side and equally wide, are multiplied by a factor each.
  public mutating func scaleColumns(_ x: ValueID, by factors: [Float]) throws -> ValueID {
    try apply(ColumnScaling(factors: factors), [x])[0]
  }
}
