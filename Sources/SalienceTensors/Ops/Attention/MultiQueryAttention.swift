/// Attention of each sequence's selected token alone, all of whose heads share the tokens' rows as their keys and as
/// their values (multi-query attention, arXiv 1911.02150); the window is that of the selected row.
///
/// Inputs: queries [B x A·C]; rows [T x C]. Outputs: each head's mean of the rows by its probabilities [B x A·C]; the
/// probabilities, T x A elements, of which a sequence owns A x L. Operands are float32 in every precision.
public struct MultiQueryAttention: Operation {
  public let heads: Int
  public let scale: Float
  /// The rows that a query sees; the others weigh nothing and are given no gradient.
  public let window: AttentionWindow

  public var name: String { "attention_multi_query" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 2...2)
    guard heads > 0, inputs[1].rows == .tokens, inputs[0] == ValueShape(.sequences, heads * inputs[1].width) else {
      throw TensorError(.shape, "multi-query attention with \(heads) heads does not take \(inputs)")
    }
    try expectValid(window)
    return [inputs[0], ValueShape(.tokens, heads)]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    try plan.apply(MultiQueryAttentionGradient(forward: self), [inputs[0], inputs[1], outputs[1], gradient])
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.multiQueryAttention(
      inputs[0], rows: inputs[1], heads: heads, scale: scale, window: window, output: primary(outputs),
      probabilities: outputs[1])
  }

  /// As in `SelectedRowAttention`, over rows of C for every head.
  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int {
    4 * sizes.keysOfSelectedRows(window) * inputs[0].width
  }
}

/// Gradient of `MultiQueryAttention`: d(queries) [B x A·C] and d(rows) [T x C].
public struct MultiQueryAttentionGradient: Operation {
  public let forward: MultiQueryAttention

  public var name: String { "attention_multi_query_backward" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 4...4)
    try expectEqual(inputs[0], inputs[3])
    return [inputs[0], inputs[1]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.multiQueryAttentionGradient(
      inputs[3], queries: inputs[0], rows: inputs[1], probabilities: inputs[2], heads: forward.heads,
      scale: forward.scale, window: forward.window, queryGradient: outputs[0], rowGradient: outputs[1])
  }

  /// Four products of A x L x C a sequence: dp, d(queries), and both parts of d(rows).
  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int {
    8 * sizes.keysOfSelectedRows(forward.window) * inputs[0].width
  }
}

public protocol MultiQueryAttentionKernels {
  func multiQueryAttention(
    _ queries: Handle, rows: Handle, heads: Int, scale: Float, window: AttentionWindow, output: Handle,
    probabilities: Handle?) throws

  func multiQueryAttentionGradient(
    _ gradient: Handle, queries: Handle, rows: Handle, probabilities: Handle, heads: Int, scale: Float,
    window: AttentionWindow, queryGradient: Handle?, rowGradient: Handle?) throws
}

extension Plan {
  public mutating func multiQueryAttention(
    queries: ValueID, rows: ValueID, heads: Int, scale: Float, window: AttentionWindow = .everything
  ) throws -> ValueID {
    try apply(MultiQueryAttention(heads: heads, scale: scale, window: window), [queries, rows])[0]
  }
}
