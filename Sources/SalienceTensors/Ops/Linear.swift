/// What a matrix product does with its result before storing it; the second operand is the other side.
public enum Epilogue: String, Sendable {
  case none, add, multiply
}

/// y = x · Wᵀ + bias; W is [out x in] as checkpoints store it.
public struct Linear: Operation {
  public let weight: Parameter
  public let bias: Parameter?
  public let rows: RowExtent

  public var name: String { "linear" }
  public var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard weight.shape.count == 2, inputs[0].width == weight.shape[1] else {
      throw TensorError(.shape, "\(weight) \(weight.shape) does not take \(inputs[0])")
    }
    if let bias, bias.shape != [weight.shape[0]] {
      throw TensorError(.shape, "\(bias) \(bias.shape) does not fit \(weight) \(weight.shape)")
    }
    return [ValueShape(inputs[0].rows, weight.shape[0])]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    [try plan.apply(LinearInputGradient(weight: weight, rows: rows), [gradient])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.linear(inputs[0], weight: weight, bias: bias, output: primary(outputs))
  }

  public func flops(lengths: [Int], inputs: [ValueShape]) -> Int { 2 * rows.count(lengths) * weight.count }
}

/// dx = dy · W, then the epilogue with the second operand.
public struct LinearInputGradient: Operation {
  public let weight: Parameter
  public let rows: RowExtent
  public var epilogue: Epilogue = .none

  public var name: String { "linear_backward" }
  public var parameters: [Parameter] { [weight] }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, epilogue == .none ? 1...1 : 2...2)
    guard inputs[0].width == weight.shape[0] else {
      throw TensorError(.shape, "gradient of \(weight) \(weight.shape) does not take \(inputs[0])")
    }
    let output = ValueShape(inputs[0].rows, weight.shape[1])
    if inputs.count == 2 { try expectEqual(inputs[1], output) }
    return [output]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.linearInputGradient(
      inputs[0], weight: weight, epilogue: epilogue, operand: inputs.dropFirst().first, output: primary(outputs))
  }

  public func flops(lengths: [Int], inputs: [ValueShape]) -> Int { 2 * rows.count(lengths) * weight.count }
}

public protocol LinearKernels {
  /// output = x · Wᵀ + bias.
  func linear(_ x: Handle, weight: Parameter, bias: Parameter?, output: Handle) throws

  /// output = gradient · W (+ or *) operand.
  func linearInputGradient(
    _ gradient: Handle, weight: Parameter, epilogue: Epilogue, operand: Handle?, output: Handle) throws
}

extension Plan {
  public mutating func linear(_ x: ValueID, weight: Parameter, bias: Parameter?) throws -> ValueID {
    try apply(Linear(weight: weight, bias: bias, rows: shape(of: x).rows), [x])[0]
  }
}
