/// A causal language model as it generates: the prompt at once, then a token at a time over the keys and values that
/// were kept of those before it.
public struct DecoderProgram: Sendable {
  /// Ids of the prompt to the last token's logits [B x V], followed by each layer's keys and values [T x W].
  public let prefill: Plan
  /// Ids to the last token's logits [B x V], given the keys and values of all tokens up to it.
  public let step: Plan
  /// The layers, in order.
  public let layers: [Layer]
  /// V.
  public let vocabularySize: Int

  /// A layer's keys and values in `step`.
  public struct Layer: Sendable {
    /// Those of the new token [B x W].
    public let row: ValueID
    /// An input: those of all tokens [T x W], where the new token's row stands before it is read.
    public let rows: ValueID

    public init(row: ValueID, rows: ValueID) {
      self.row = row
      self.rows = rows
    }
  }

  /// - Parameters:
  ///   - prefill: its outputs are the logits, then the keys and values of each layer.
  ///   - step: its output is the logits.
  /// - Throws: `TensorError` with code `shape` where the parts do not fit each other.
  public init(prefill: Plan, step: Plan, layers: [Layer]) throws {
    guard prefill.outputs.count == layers.count + 1, step.outputs.count == 1,
      prefill.shape(of: prefill.outputs[0]) == step.shape(of: step.outputs[0]),
      zip(layers, prefill.outputs.dropFirst()).allSatisfy({ layer, kept in
        let rows = step.shape(of: layer.rows)
        return step.inputs.contains(layer.rows) && prefill.shape(of: kept) == rows && rows.rows == .tokens
          && step.shape(of: layer.row) == ValueShape(.sequences, rows.width)
      })
    else { throw TensorError(.shape, "the parts of a decoder do not fit each other") }
    self.prefill = prefill.pruned().fused()
    vocabularySize = step.shape(of: step.outputs[0]).width
    self.layers = layers
    // Results have a place of their own to the end, from one run to the next.
    var step = step
    for layer in layers { step.result(layer.row, layer.rows) }
    self.step = step.pruned().fused()
  }

  /// Every op of both parts.
  package var operations: [any Operation] { (prefill.instructions + step.instructions).map(\.operation) }

  /// The weights that either part reads.
  public var parameters: [Parameter] {
    var seen = Set<Parameter>()
    return (prefill.parameters + step.parameters).filter { seen.insert($0).inserted }
  }
}
