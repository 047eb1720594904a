import SalienceTensors

/// Attention inside a sequence, with its linear layers: rotary positions, norms of heads and shared keys as families
/// have them.
struct SelfAttention {
  /// Norms of each query and key head before they are rotated, one vector of head size for all heads (Qwen3).
  struct HeadNorms {
    let query, key: String
    let epsilon: Float
  }

  /// A, K and D; a key head serves A / K query heads (arXiv 2305.13245).
  let heads, keyValueHeads, headSize: Int
  let scale: Float
  let window: AttentionWindow
  /// The weights of each part.
  let weights: @Sendable (HeadParts) -> LinearWeights
  let output: LinearWeights
  var headNorms: HeadNorms?
  /// Positions; nil where the embeddings hold them.
  var rotary: RotaryEmbedding?

  /// W = A D.
  var width: Int { heads * headSize }

  /// Rows of queries [R x W], of keys and values [R x 2W], or of all three [R x 3W], as attention reads them.
  func projection(_ parts: HeadParts, _ x: ValueID, in plan: inout Plan) throws -> ValueID {
    var rows = try weights(parts)(x, in: &plan)
    if let headNorms {
      let (queries, keys) = (parts.contains(.query) ? heads : 0, parts.contains(.key) ? keyValueHeads : 0)
      let names = Array(repeating: headNorms.query, count: queries) + Array(repeating: headNorms.key, count: keys)
      rows = try plan.rmsNorm(
        rows, gamma: Parameter(names, shape: [names.count * headSize]), groupSize: headSize, epsilon: headNorms.epsilon)
    }
    return try rotary.map { try plan.rotary(rows, $0, parts: parts) } ?? rows
  }

  /// Of every token [T x W].
  func context(_ qkv: ValueID, in plan: inout Plan) throws -> ValueID {
    try plan.attention(qkv, heads: heads, scale: scale, window: window)
  }

  /// Of each sequence's selected token [B x W].
  func context(query: ValueID, keysValues: ValueID, in plan: inout Plan) throws -> ValueID {
    try plan.selectedRowAttention(query: query, keysValues: keysValues, heads: heads, scale: scale, window: window)
  }
}
