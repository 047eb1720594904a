import SalienceTensors

extension Plan {
  /// Attention of each sequence's selected token over rows [T x H] whose keys and values are not computed.
  ///
  /// A score is q_h · (W_h x_j + b_h), with W and b those of the keys, which is (W_hᵀ q_h) · x_j and a number that every
  /// key of the head has alike, which softmax does not see. And as probabilities sum to 1, the context is the values'
  /// projection of the rows' mean by them. Two products over all tokens become four of one row a sequence and head
  /// (weight absorption, as multi-head latent attention does it to decode, arXiv 2405.04434).
  ///
  /// - Parameters:
  ///   - query: of the selected tokens [B x A·D].
  ///   - key, value: linear layers from H to A heads of size D.
  /// - Returns: context [B x A·D].
  mutating func absorbedAttention(
    query: ValueID, rows: ValueID, key: LinearWeights, value: LinearWeights, heads: Int, scale: Float,
    window: AttentionWindow = .everything
  ) throws -> ValueID {
    let queries = try headProjection(query, weight: key.weight, heads: heads, isTransposed: true)
    let means = try multiQueryAttention(queries: queries, rows: rows, heads: heads, scale: scale, window: window)
    return try headProjection(means, weight: value.weight, bias: value.bias, heads: heads)
  }

  /// Whether attention without keys and values reads a value as it is.
  func absorbsKeysValues(of value: ValueID) -> Bool {
    instructions.contains { $0.operation is MultiQueryAttention && $0.inputs[1] == value }
  }
}
