/// What attention passes back between two sequences of one length, so that times the difference of Q | K | V it is the
/// difference of the contexts.
///
/// With P and P' the probabilities of both, and bars for means over both:
///
///     dV_j = Σ_i P̄_ij do_i
///     dS_ij = L_ij (dP_ij - Σ_k L_ik dP_ik / Σ_k L_ik) scale,  dP_ij = do_i · v̄_j
///     dQ_i = Σ_j dS_ij k̄_j,  dK_j = Σ_i dS_ij q̄_i
///
/// L is the logarithmic mean (P - P') / (ln P - ln P'), by which a probability's difference is that of its score, less
/// that of the softmax's denominator; the latter is Σ L (s - s') / Σ L, as both rows of probabilities sum to 1. Tables
/// of positions are factors of one value alone, as in `DisentangledAttention`.
///
/// Inputs: d(context) [T x H], Q | K | V and the partner's [T x 3H], the log of the softmax's denominator and the
/// partner's [T x A].
public struct AttentionMultiplier: Operation {
  public let heads: Int
  public let scale: Float
  public let window: AttentionWindow
  /// Of scores that also tell how far apart two tokens are; nil for others.
  public let positions: RelativePositions?

  public var name: String { "attention_multiplier" }
  public var parameters: [Parameter] { [positions?.keys, positions?.queries].compactMap { $0 } }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 5...5)
    try expectEqual(inputs[1], inputs[2])
    try expectEqual(inputs[3], inputs[4])
    guard heads > 0, inputs[0].rows == .tokens, inputs[0].width % heads == 0,
      inputs[1] == ValueShape(.tokens, 3 * inputs[0].width), inputs[3] == ValueShape(.tokens, heads)
    else { throw TensorError(.shape, "\(name) with \(heads) heads does not take \(inputs)") }
    try expectValid(window)
    return [inputs[1]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.attentionMultiplier(
      inputs[0], qkv: inputs[1], partner: inputs[2], logSumExp: inputs[3], partnerLogSumExp: inputs[4], heads: heads,
      scale: scale, window: window, positions: positions, output: primary(outputs))
  }

  /// Six products of L x L x H a sequence: both scores, and one for each of dP, dV, dQ and dK; of each table of
  /// positions one for either score and one of the gradient.
  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int {
    2 * (6 + 3 * (positions?.tableCount ?? 0)) * sizes.pairs(window) * inputs[0].width
  }

  /// The tables' elements are not counted: a batch reads the rows of its own distances alone.
  public func elements(_ sizes: BatchSizes, inputs: [ValueShape], outputs: [ValueShape?]) -> Int {
    (inputs + outputs.compactMap { $0 }).reduce(0) { $0 + sizes.elements($1) }
  }
}

public protocol AttentionMultiplierKernels {
  /// See `AttentionMultiplier`.
  func attentionMultiplier(
    _ gradient: Handle, qkv: Handle, partner: Handle, logSumExp: Handle, partnerLogSumExp: Handle, heads: Int,
    scale: Float, window: AttentionWindow, positions: RelativePositions?, output: Handle) throws
}

extension Plan {
  /// What attention passes back between two sequences.
  mutating func attentionMultiplier(
    _ gradient: ValueID, qkv: ValueID, logSumExp: ValueID, heads: Int, scale: Float,
    window: AttentionWindow = .everything, positions: RelativePositions? = nil
  ) throws -> ValueID {
    try apply(
      AttentionMultiplier(heads: heads, scale: scale, window: window, positions: positions),
      [gradient, qkv, partnerRows(qkv), logSumExp, partnerRows(logSumExp)])[0]
  }
}
