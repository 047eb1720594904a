/// By which rules gradients pass the ops of a program.
public enum BackwardRules: String, Sendable, Hashable, CaseIterable {
  /// Each op's own gradient.
  case exact
  /// Those of AttnLRP, by which the input times the gradient is the input's relevance.
  case attnLRP = "attnlrp"
  /// DeepLIFT's multipliers between each point and its partner, the next of the batch.
  case rescale

  /// What differentiation asks at each op.
  public var rule: any GradientRule {
    switch self {
    case .exact: ExactGradient()
    case .attnLRP: AttnLRPGradient()
    case .rescale: RescaleGradient()
    }
  }

  /// Points of a path that are evaluated together, one after another in a batch.
  public var pointsTogether: Int { self == .rescale ? 2 : 1 }

  /// Whether the last layer may compute the selected rows alone; attention of those has no multipliers.
  public var allowsSelectedRows: Bool { self != .rescale }

  /// Whether the last layer may do without keys and values; where rows are both, neither's share can be told.
  public var allowsAbsorbedKeysValues: Bool { self == .exact }
}

/// How a gradient passes an op of a differentiated plan.
public protocol GradientRule: Sendable {
  /// Appends to `plan` the ops that carry `gradient`, shaped like the first output, to the inputs of `instruction`.
  ///
  /// - Returns: one gradient per input, shaped like it; nil where the input has none.
  /// - Throws: `TensorError` with code `notDifferentiable` where no gradient passes.
  func gradients(of instruction: Instruction, from gradient: ValueID, in plan: inout Plan) throws -> [ValueID?]
}

/// Each op's own gradient, which other rules fall back on.
public struct ExactGradient: GradientRule {
  public init() {}

  public func gradients(
    of instruction: Instruction, from gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    guard let first = instruction.outputs.first, let output = first else {
      throw TensorError(.notDifferentiable, "\(instruction.operation.name) has no output to differentiate")
    }
    return try instruction.operation.differentiate(
      inputs: instruction.inputs, outputs: instruction.outputs.map { $0 ?? output }, gradient: gradient, in: &plan)
  }
}
