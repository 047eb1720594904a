/// DeepLIFT's multipliers by the rescale rule (arXiv 1704.02685), carried to every op.
///
/// A batch holds the input and the baseline as partner sequences, and what is passed back, times the difference of an
/// op's operands for the two, is the difference of its results. So Σ (x - x') m is F(x) - F(x') but for rounding.
///
/// Both partners have the same multipliers. What is linear passes its own gradient; of two values that are multiplied
/// each has the other's mean. Captum's DeepLift knows activation modules of some types alone, and takes plain gradients
/// elsewhere.
public struct RescaleGradient: GradientRule {
  public init() {}

  public func gradients(
    of instruction: Instruction, from gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    let outputs = instruction.outputs.compactMap { $0 }
    guard outputs.count == instruction.outputs.count else {
      throw TensorError(.notDifferentiable, "\(instruction.operation.name) lacks an output that its multipliers read")
    }
    let inputs = instruction.inputs
    switch instruction.operation {
    case let activation as Activation:
      return [
        try plan.activationMultiplier(
          activation.function, gradient, x: inputs[0], partner: plan.partnerRows(inputs[0]))
      ]
    case is Sigmoid:
      // 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2
      let half = try plan.scaleColumns(inputs[0], by: [0.5])
      let slope = try plan.activationMultiplier(.tanh, gradient, x: half, partner: plan.partnerRows(half))
      return [try plan.scaleColumns(slope, by: [0.25])]
    case let gated as GatedActivation:
      return [
        try plan.gatedActivationMultiplier(
          gated.function, gradient, x: inputs[0], partner: plan.partnerRows(inputs[0]))
      ]
    case is Multiply:
      let means = try inputs.map { try mean($0, in: &plan) }
      return [try plan.multiply(gradient, means[1]), try plan.multiply(gradient, means[0])]
    case let norm as LayerNorm:
      let dx = try plan.normMultiplier(
        gradient, rows: outputs[1], roots: outputs[2], gamma: norm.gamma,
        groups: NormGroups(count: 1, size: norm.gamma.count), isCentered: true)
      return inputs.map { _ in dx }
    case let norm as RMSNorm:
      let dx = try plan.normMultiplier(
        gradient, rows: inputs.count == 2 ? outputs[2] : inputs[0], roots: outputs[1], gamma: norm.gamma,
        groups: norm.groups, isCentered: false)
      return inputs.map { _ in dx }
    case let attention as Attention:
      return [
        try plan.attentionMultiplier(
          gradient, qkv: inputs[0], logSumExp: outputs[1], heads: attention.heads, scale: attention.scale,
          window: attention.window)
      ]
    case let attention as DisentangledAttention:
      return [
        try plan.attentionMultiplier(
          gradient, qkv: inputs[0], logSumExp: outputs[1], heads: attention.heads, scale: attention.scale,
          positions: attention.positions)
      ]
    case is Softmax: return try plan.apply(SoftmaxMultiplier(), [gradient, inputs[0], plan.partnerRows(inputs[0])])
    case is TokenSoftmax:
      return try plan.apply(TokenSoftmaxMultiplier(), [gradient, inputs[0], plan.partnerRows(inputs[0])])
    case let operation where operation.linearity != .none:
      return try operation.differentiate(inputs: inputs, outputs: outputs, gradient: gradient, in: &plan)
    default:
      throw TensorError(.notDifferentiable, "\(instruction.operation.name) has no rule of multipliers")
    }
  }

  /// The mean of a value and its partner's.
  private func mean(_ value: ValueID, in plan: inout Plan) throws -> ValueID {
    try plan.scaleColumns(plan.add(value, plan.partnerRows(value)), by: [0.5])
  }
}
