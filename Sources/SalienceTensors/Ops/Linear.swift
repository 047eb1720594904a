/// What a matrix product does with its result before storing it; the second operand is the other side.
public enum Epilogue: String, Sendable {
  case none, add, multiply
}

/// y = f(x · Wᵀ + bias), and f' at the same place where a backward pass will want it; W is [out x in] as checkpoints
/// store it.
public struct Linear: Operation {
  public let weight: Parameter
  public let bias: Parameter?
  public let rows: RowExtent
  /// Whether operands are rounded to the precision of the backend's products; float32 otherwise.
  public var isRounded = true
  /// f; nil for none, and then there is no second output.
  public var activation: ActivationFunction?

  public var name: String { "linear" }
  public var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }
  public var linearity: Linearity { activation != nil ? .none : bias == nil ? .linear : .affine }
  public var product: ProductTraits? {
    ProductTraits(weight: weight, isBackward: false, rows: rows, isRounded: isRounded)
  }
  public var writesFactors: Bool { true }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard weight.shape.count == 2, inputs[0].width == weight.shape[1] else {
      throw TensorError(.shape, "\(weight) \(weight.shape) does not take \(inputs[0])")
    }
    if let bias, bias.shape != [weight.shape[0]] {
      throw TensorError(.shape, "\(bias) \(bias.shape) does not fit \(weight) \(weight.shape)")
    }
    let output = ValueShape(inputs[0].rows, weight.shape[0])
    return activation == nil ? [output] : [output, output]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    let inner = activation == nil ? gradient : try plan.multiply(gradient, outputs[1])
    return [try plan.apply(LinearInputGradient(weight: weight, rows: rows, isRounded: isRounded), [inner])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.linear(
      inputs[0], weight: weight, isRounded: isRounded, bias: bias, activation: activation, output: primary(outputs),
      derivative: outputs.count > 1 ? outputs[1] : nil)
  }

  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int { 2 * sizes.rows(rows) * weight.count }

  /// The product and the activation, so that the product's rate stands alone; the activation then runs in place.
  public func parts(inputs: [ValueID], outputs: [ValueID?]) -> [Instruction] {
    guard let activation, let output = outputs[0] else {
      return [Instruction(operation: self, inputs: inputs, outputs: outputs)]
    }
    var product = self
    product.activation = nil
    return [
      Instruction(operation: product, inputs: inputs, outputs: [output]),
      Instruction(operation: Activation(function: activation), inputs: [output], outputs: outputs),
    ]
  }

  public func keepingFloat32() -> any Operation {
    var result = self
    result.isRounded = false
    return result
  }

  public func finished(by finish: ProductFinish) -> (any Operation)? {
    guard case .activation(let function) = finish, activation == nil else { return nil }
    var result = self
    result.activation = function
    return result
  }
}

/// dx = dy · W, then the epilogue with the second operand.
public struct LinearInputGradient: Operation {
  public let weight: Parameter
  public let rows: RowExtent
  /// As in `Linear`.
  public var isRounded = true
  public var epilogue: Epilogue = .none

  public var name: String { "linear_backward" }
  public var parameters: [Parameter] { [weight] }
  public var linearity: Linearity { epilogue == .multiply ? .none : .linear }
  public var product: ProductTraits? {
    ProductTraits(weight: weight, isBackward: true, rows: rows, isRounded: isRounded)
  }
  public var writesFactors: Bool { true }

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
      inputs[0], weight: weight, isRounded: isRounded, epilogue: epilogue, operand: inputs.dropFirst().first,
      output: primary(outputs))
  }

  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int { 2 * sizes.rows(rows) * weight.count }

  public func keepingFloat32() -> any Operation {
    var result = self
    result.isRounded = false
    return result
  }

  public func finished(by finish: ProductFinish) -> (any Operation)? {
    guard case .epilogue(let epilogue) = finish, self.epilogue == .none else { return nil }
    var result = self
    result.epilogue = epilogue
    return result
  }
}

public protocol LinearKernels {
  /// output = f(x · Wᵀ + bias), derivative = f'(x · Wᵀ + bias); without an `activation` f is the identity, and nobody
  /// asks for a derivative.
  ///
  /// - Parameter isRounded: whether x and W are rounded to the precision of the backend's products.
  func linear(
    _ x: Handle, weight: Parameter, isRounded: Bool, bias: Parameter?, activation: ActivationFunction?, output: Handle,
    derivative: Handle?) throws

  /// output = gradient · W (+ or *) operand.
  func linearInputGradient(
    _ gradient: Handle, weight: Parameter, isRounded: Bool, epilogue: Epilogue, operand: Handle?, output: Handle
  ) throws
}

extension Plan {
  public mutating func linear(_ x: ValueID, weight: Parameter, bias: Parameter?) throws -> ValueID {
    try apply(Linear(weight: weight, bias: bias, rows: shape(of: x).rows), [x])[0]
  }
}
