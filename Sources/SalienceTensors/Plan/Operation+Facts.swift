/// What holds for most ops.
extension Operation {
  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int { 0 }

  public func elements(_ sizes: BatchSizes, inputs: [ValueShape], outputs: [ValueShape?]) -> Int {
    (inputs + outputs.compactMap { $0 }).reduce(0) { $0 + sizes.elements($1) }
      + parameters.reduce(0) { $0 + $1.count }
  }

  public func parts(inputs: [ValueID], outputs: [ValueID?]) -> [Instruction] {
    [Instruction(operation: self, inputs: inputs, outputs: outputs)]
  }

  public var linearity: Linearity { .none }
  public var isElementwise: Bool { false }
  public var product: ProductTraits? { nil }
  public func keepingFloat32() -> any Operation { self }
  public var writesFactors: Bool { false }
  public var finish: ProductFinish? { nil }
  public func finished(by finish: ProductFinish) -> (any Operation)? { nil }
  public var rotation: RotaryEmbedding? { nil }

  /// What the op asks of a device at the least.
  package func work(_ sizes: BatchSizes, inputs: [ValueShape], outputs: [ValueShape?]) -> KernelWork {
    KernelWork(
      flops: flops(sizes, inputs: inputs), elements: elements(sizes, inputs: inputs, outputs: outputs))
  }
}

/// How a result depends on the operands that are values of a plan; weights are constants.
public enum Linearity: Sendable, Equatable {
  /// In a way that nobody may rely on.
  case none
  /// f(s x + t y) = s f(x) + t f(y) where s + t = 1.
  case affine
  /// f(s x + t y) = s f(x) + t f(y).
  case linear
}

/// The product of an op's first operand with a weight matrix.
public struct ProductTraits: Sendable, Equatable {
  /// W [out x in], as checkpoints store it.
  public let weight: Parameter
  /// Whether the op multiplies with W, as gradients do, and not with Wᵀ.
  public let isBackward: Bool
  /// How many rows the operand has.
  public let rows: RowExtent
  /// Whether both factors are rounded to the precision of the backend's products; float32 otherwise.
  public let isRounded: Bool

  public init(weight: Parameter, isBackward: Bool, rows: RowExtent, isRounded: Bool) {
    self.weight = weight
    self.isBackward = isBackward
    self.rows = rows
    self.isRounded = isRounded
  }
}

/// What a matrix product can do to its result before it stores it.
public enum ProductFinish: Sendable, Equatable {
  case activation(ActivationFunction)
  /// With a second operand.
  case epilogue(Epilogue)
}
