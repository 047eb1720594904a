/// Self-attention inside each sequence whose scores also tell how far apart two tokens are (arXiv 2006.03654), per
/// head: softmax((q_i · k_j + q_i · keys[i - j] + k_j · queries[i - j]) scale) V.
///
/// Input [T x 3H], a row holding Q, K and V. Outputs: context [T x H]; log of the softmax's denominator [T x A].
public struct DisentangledAttention: Operation {
  public let heads: Int
  public let scale: Float
  public let positions: RelativePositions

  public var name: String { "attention_disentangled" }
  public var parameters: [Parameter] { [positions.keys, positions.queries].compactMap { $0 } }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard heads > 0, inputs[0].rows == .tokens, inputs[0].width % (3 * heads) == 0 else {
      throw TensorError(.shape, "\(name) with \(heads) heads does not take \(inputs[0])")
    }
    let width = inputs[0].width / 3
    guard positions.longest > 0, parameters.allSatisfy({ $0.shape == [2 * positions.longest - 1, width] }) else {
      throw TensorError(.shape, "\(name) over \(positions.longest) positions does not take \(parameters)")
    }
    return [ValueShape(.tokens, width), ValueShape(.tokens, heads)]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    let backward = DisentangledAttentionGradient(forward: self)
    return [try plan.apply(backward, [inputs[0], outputs[0], outputs[1], gradient])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.disentangledAttention(
      inputs[0], positions: positions, heads: heads, scale: scale, context: primary(outputs), logSumExp: outputs[1])
  }

  /// Two products of L x L x H a sequence, and one more for each table of positions.
  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int {
    2 * (2 + positions.tableCount) * sizes.pairs(.everything) * inputs[0].width / 3
  }

  /// The tables' elements are not counted: a batch reads the rows of its own distances alone.
  public func elements(_ sizes: BatchSizes, inputs: [ValueShape], outputs: [ValueShape?]) -> Int {
    (inputs + outputs.compactMap { $0 }).reduce(0) { $0 + sizes.elements($1) }
  }
}

/// Gradient of `DisentangledAttention`: d(Q | K | V) from d(context).
public struct DisentangledAttentionGradient: Operation {
  public let forward: DisentangledAttention
  /// What the tables' part of d(Q) and of d(K) is multiplied with.
  public var tableFactor: Float = 1

  public var name: String { "attention_disentangled_backward" }
  public var parameters: [Parameter] { forward.parameters }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 4...4)
    try expectEqual(inputs[1], inputs[3])
    return [inputs[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.disentangledAttentionGradient(
      inputs[3], qkv: inputs[0], context: inputs[1], logSumExp: inputs[2], positions: forward.positions,
      heads: forward.heads, scale: forward.scale, tableFactor: tableFactor, output: primary(outputs))
  }

  /// Five products of L x L x H a sequence, and two more for each table of positions.
  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int {
    2 * (5 + 2 * forward.positions.tableCount) * sizes.pairs(.everything) * inputs[0].width / 3
  }

  /// The tables' elements are not counted: a batch reads the rows of its own distances alone.
  public func elements(_ sizes: BatchSizes, inputs: [ValueShape], outputs: [ValueShape?]) -> Int {
    (inputs + outputs.compactMap { $0 }).reduce(0) { $0 + sizes.elements($1) }
  }
}

/// What distances between tokens are to attention: constants of a checkpoint, in heads as queries and keys are.
public struct RelativePositions: Sendable, Hashable {
  /// N: tables hold the offsets i - j from -(N - 1) to N - 1 in rows 0 to 2N - 2, and sequences are no longer.
  public let longest: Int
  /// What queries are multiplied with [2N - 1 x H]; nil for scores without it.
  public let keys: Parameter?
  /// What keys are multiplied with [2N - 1 x H]; nil for scores without it.
  public let queries: Parameter?

  public init(longest: Int, keys: Parameter?, queries: Parameter?) {
    self.longest = longest
    self.keys = keys
    self.queries = queries
  }

  /// How many tables add to the scores.
  package var tableCount: Int { [keys, queries].compactMap { $0 }.count }

  /// - Throws: `TensorError` where a sequence is longer than the tables.
  package func check(_ batch: PackedBatch) throws {
    guard let length = batch.lengths.max(), length > longest else { return }
    throw TensorError(.shape, "\(length) tokens are more than the \(longest) that relative positions reach")
  }
}

public protocol DisentangledAttentionKernels {
  func disentangledAttention(
    _ qkv: Handle, positions: RelativePositions, heads: Int, scale: Float, context: Handle, logSumExp: Handle?) throws

  /// - Parameter tableFactor: multiplies the tables' part of the gradients.
  func disentangledAttentionGradient(
    _ gradient: Handle, qkv: Handle, context: Handle, logSumExp: Handle, positions: RelativePositions, heads: Int,
    scale: Float, tableFactor: Float, output: Handle) throws
}

extension Plan {
  public mutating func disentangledAttention(
    _ qkv: ValueID, positions: RelativePositions, heads: Int, scale: Float
  ) throws -> ValueID {
    try apply(DisentangledAttention(heads: heads, scale: scale, positions: positions), [qkv])[0]
  }
}
