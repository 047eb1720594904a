import SalienceTensors

/// How a layer attends: what makes probabilities of its queries and keys, and what its heads' contexts pass next.
public struct AttentionForm: Sendable {
  /// A.
  public let heads: Int
  /// What scores are multiplied with before their softmax.
  public let scale: Float
  /// The keys that a query sees.
  public let window: AttentionWindow
  /// What the distance of two tokens adds to their score, in the families where it does.
  public let positions: RelativePositions?
  /// The output projection [H x W], which the heads' contexts pass side by side.
  public let output: Parameter
}

extension ModelGraph {
  /// The attention of a layer, 0-based; nil where the model has no such layer.
  public func attention(ofLayer index: Int) -> AttentionForm? {
    guard let operand = values.taps[.queriesKeysValues(index)] else { return nil }
    for instruction in plan.instructions where instruction.inputs == [operand] {
      guard let context = instruction.outputs.first ?? nil,
        let output = plan.instructions.lazy.filter({ $0.inputs == [context] }).compactMap({ $0.operation as? Linear })
          .first
      else { continue }
      switch instruction.operation {
      case let attention as Attention:
        return AttentionForm(
          heads: attention.heads, scale: attention.scale, window: attention.window, positions: nil,
          output: output.weight)
      case let attention as DisentangledAttention:
        return AttentionForm(
          heads: attention.heads, scale: attention.scale, window: .everything, positions: attention.positions,
          output: output.weight)
      default: continue
      }
    }
    return nil
  }
}
