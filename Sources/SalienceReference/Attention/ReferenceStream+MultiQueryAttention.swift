import SalienceTensors

extension ReferenceStream: MultiQueryAttentionKernels {
  /// Heads whose keys and values are the rows themselves.
  private func heads(_ count: Int, width: Int) -> OneQueryHeads {
    { sequence, rows in
      let starts = rows.map { $0 * width }
      return (0..<count).map { head in
        AttentionHead(queries: [(sequence * count + head) * width], keys: starts, values: starts, size: width)
      }
    }
  }

  public func multiQueryAttention(
    _ queries: Handle, rows: Handle, heads count: Int, scale: Float, window: AttentionWindow, output: Handle,
    probabilities: Handle?
  ) throws {
    let result = oneQueryAttention(
      try values(queries), try values(rows), heads: heads(count, width: try size(rows).width), scale: scale,
      window: window)
    try store(result.contexts, to: output)
    if let probabilities { try store(result.probabilities, to: probabilities) }
  }

  public func multiQueryAttentionGradient(
    _ gradient: Handle, queries: Handle, rows: Handle, probabilities: Handle, heads count: Int, scale: Float,
    window: AttentionWindow, queryGradient: Handle?, rowGradient: Handle?
  ) throws {
    let result = oneQueryAttentionGradient(
      try values(gradient), try values(queries), try values(rows),
      heads: heads(count, width: try size(rows).width), scale: scale, window: window)
    if let queryGradient { try store(result.queries, to: queryGradient) }
    if let rowGradient { try store(result.keysValues, to: rowGradient) }
  }
}
