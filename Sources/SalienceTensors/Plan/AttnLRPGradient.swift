/// The local gradients of AttnLRP in its efficient form (arXiv 2402.05602): with them the input times the gradient is the
/// input's relevance, as LXT's patches of models have it.
///
/// Relevance is kept where it meets no bias: y dy = Σ x dx over all operands of an op.
///
/// - An activation's slope is f(x) / x (equation 9).
/// - A norm's statistic is a constant: the deviation of layer norms, the root mean square of the others. The mean that
///   a layer norm subtracts is linear and stays.
/// - Two values that are multiplied share the gradient by halves (equation 7), whether elements, as in gated units, or
///   matrices: of attention, values and probabilities, then queries and keys. A value times a constant of the model is a
///   linear layer, such as a query times the table of relative positions.
/// - A softmax has its own gradient (equation 8, its Taylor expansion), and so has everything that is linear.
public struct AttnLRPGradient: GradientRule {
  /// Of the gradients of queries, keys and values, halved as factors of scores and of the context.
  private static let attentionShares: [Float] = [0.25, 0.25, 0.5]

  public init() {}

  public func gradients(
    of instruction: Instruction, from gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    let outputs = instruction.outputs.compactMap { $0 }
    guard outputs.count == instruction.outputs.count, let output = outputs.first else {
      throw TensorError(.notDifferentiable, "\(instruction.operation.name) lacks an output that its gradient reads")
    }
    let inputs = instruction.inputs
    func exact() throws -> [ValueID?] {
      try instruction.operation.differentiate(inputs: inputs, outputs: outputs, gradient: gradient, in: &plan)
    }
    switch instruction.operation {
    case let activation as Activation:
      return [try plan.activationRatio(gradient, x: inputs[0], value: output, of: activation.function)]
    case let gated as GatedActivation:
      let rule = GatedActivationGradient(function: gated.function, isShared: true)
      return [try plan.apply(rule, [gradient, inputs[0]])[0]]
    case let norm as LayerNorm:
      let rule = LayerNormGradient(gamma: norm.gamma, holdsDeviation: true)
      let dx = try plan.apply(rule, [gradient, outputs[2]])[0]
      return inputs.map { _ in dx }
    case let norm as RMSNorm:
      let rule = RMSNormGradient(gamma: norm.gamma, groups: norm.groups, holdsRoot: true)
      let dx = try plan.apply(rule, [gradient, outputs[1]])[0]
      return inputs.map { _ in dx }
    case is Multiply:
      return try exact().map { try $0.map { try plan.scaleColumns($0, by: [0.5]) } }
    case is Attention:
      return try exact().map { try $0.map { try plan.scaleColumns($0, by: Self.attentionShares) } }
    case let attention as DisentangledAttention:
      // The tables' part of a score has one value alone as a factor: it is not halved with the queries' and keys'.
      let rule = DisentangledAttentionGradient(forward: attention, tableFactor: 2)
      let whole = try plan.apply(rule, [inputs[0], outputs[0], outputs[1], gradient])[0]
      return [try plan.scaleColumns(whole, by: Self.attentionShares)]
    case is SelectedRowAttention:
      return try zip(exact(), [Self.attentionShares.prefix(1), Self.attentionShares.suffix(2)]).map { part, shares in
        try part.map { try plan.scaleColumns($0, by: Array(shares)) }
      }
    case is MultiQueryAttention, is Sigmoid:
      throw TensorError(.notDifferentiable, "\(instruction.operation.name) has no rule of relevance")
    case let linear as Linear where linear.activation != nil:
      throw TensorError(.notDifferentiable, "relevance passes an activation before it is folded into a product")
    default:
      return try exact()
    }
  }
}
