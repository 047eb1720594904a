/// Scaled dot-product self-attention inside each sequence: softmax(Q Kᵀ scale) V, per head, over the keys of a window.
///
/// Input [T x 3H], a row holding Q, K and V. Outputs: context [T x H]; log of the softmax's denominator [T x A],
/// which lets backward rebuild the probabilities without storing L x L of them (arXiv 2307.08691).
public struct Attention: Operation {
  public let heads: Int
  public let scale: Float
  /// The keys that a query sees; the others weigh nothing and are given no gradient.
  public let window: AttentionWindow

  public var name: String { "attention" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard heads > 0, inputs[0].rows == .tokens, inputs[0].width % (3 * heads) == 0 else {
      throw TensorError(.shape, "attention with \(heads) heads does not take \(inputs[0])")
    }
    try expectValid(window)
    return [ValueShape(.tokens, inputs[0].width / 3), ValueShape(.tokens, heads)]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    let backward = AttentionGradient(forward: self, width: plan.shape(of: outputs[0]).width)
    return [try plan.apply(backward, [inputs[0], outputs[0], outputs[1], gradient])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.attention(
      inputs[0], heads: heads, scale: scale, window: window, context: primary(outputs), logSumExp: outputs[1])
  }

  /// Two products of L x L x H a sequence, of the L x L what the window shows: Q Kᵀ, and its softmax with V.
  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int {
    4 * sizes.pairs(window) * inputs[0].width / 3
  }
}

/// Gradient of `Attention`: d(Q | K | V) from d(context).
public struct AttentionGradient: Operation {
  public let forward: Attention
  public let width: Int

  public var name: String { "attention_backward" }
  public var writesFactors: Bool { true }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 4...4)
    try expectEqual(inputs[1], inputs[3])
    return [inputs[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.attentionGradient(
      inputs[3], qkv: inputs[0], context: inputs[1], logSumExp: inputs[2], heads: forward.heads,
      scale: forward.scale, window: forward.window, output: primary(outputs))
  }

  /// Five such products: Q Kᵀ once more, and one for each of dP, dV, dQ and dK.
  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int {
    10 * sizes.pairs(forward.window) * inputs[0].width / 3
  }
}

/// Attention of each sequence's selected token alone, for a head that reads nothing else of its last layer; the window
/// is that of the selected row.
///
/// Inputs: query [B x H]; K and V side by side [T x 2H]. Outputs: context [B x H]; probabilities, T x A elements,
/// of which a sequence owns A x L.
public struct SelectedRowAttention: Operation {
  public let heads: Int
  public let scale: Float
  /// The keys that a query sees; the others weigh nothing and are given no gradient.
  public let window: AttentionWindow

  public var name: String { "attention_selected" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 2...2)
    guard heads > 0, inputs[0].rows == .sequences, inputs[1] == ValueShape(.tokens, 2 * inputs[0].width),
      inputs[0].width % heads == 0
    else { throw TensorError(.shape, "selected-row attention does not take \(inputs)") }
    try expectValid(window)
    return [inputs[0], ValueShape(.tokens, heads)]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    try plan.apply(SelectedRowAttentionGradient(forward: self), [inputs[0], inputs[1], outputs[1], gradient])
      .map { $0 }
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.selectedRowAttention(
      inputs[0], keysValues: inputs[1], heads: heads, scale: scale, window: window, context: primary(outputs),
      probabilities: outputs[1])
  }

  /// Two products of A x L x D per sequence, of the L what the window shows: q Kᵀ, and its softmax with V.
  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int {
    4 * sizes.keysOfSelectedRows(window) * inputs[0].width
  }
}

/// Gradient of `SelectedRowAttention`: d(query) [B x H] and d(K | V) [T x 2H].
public struct SelectedRowAttentionGradient: Operation {
  public let forward: SelectedRowAttention

  public var name: String { "attention_selected_backward" }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 4...4)
    try expectEqual(inputs[0], inputs[3])
    return [inputs[0], inputs[1]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.selectedRowAttentionGradient(
      inputs[3], query: inputs[0], keysValues: inputs[1], probabilities: inputs[2], heads: forward.heads,
      scale: forward.scale, window: forward.window, queryGradient: outputs[0], keysValuesGradient: outputs[1])
  }

  /// Four such products: dp, dV, dq and dK.
  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int {
    8 * sizes.keysOfSelectedRows(forward.window) * inputs[0].width
  }
}

extension Operation {
  /// Checks that each query sees its own key.
  func expectValid(_ window: AttentionWindow) throws {
    guard window.isValid else { throw TensorError(.shape, "\(name) does not take the window \(window)") }
  }
}

public protocol AttentionKernels {
  func attention(
    _ qkv: Handle, heads: Int, scale: Float, window: AttentionWindow, context: Handle, logSumExp: Handle?) throws

  func attentionGradient(
    _ gradient: Handle, qkv: Handle, context: Handle, logSumExp: Handle, heads: Int, scale: Float,
    window: AttentionWindow, output: Handle) throws

  func selectedRowAttention(
    _ query: Handle, keysValues: Handle, heads: Int, scale: Float, window: AttentionWindow, context: Handle,
    probabilities: Handle?) throws

  func selectedRowAttentionGradient(
    _ gradient: Handle, query: Handle, keysValues: Handle, probabilities: Handle, heads: Int, scale: Float,
    window: AttentionWindow, queryGradient: Handle?, keysValuesGradient: Handle?) throws
}

extension Plan {
  public mutating func attention(
    _ qkv: ValueID, heads: Int, scale: Float, window: AttentionWindow = .everything
  ) throws -> ValueID {
    try apply(Attention(heads: heads, scale: scale, window: window), [qkv])[0]
  }

  public mutating func selectedRowAttention(
    query: ValueID, keysValues: ValueID, heads: Int, scale: Float, window: AttentionWindow = .everything
  ) throws -> ValueID {
    try apply(SelectedRowAttention(heads: heads, scale: scale, window: window), [query, keysValues])[0]
  }
}
