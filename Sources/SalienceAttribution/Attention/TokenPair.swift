/// A number for two tokens of a text: what the first, as a query, has to do with the second, as a key.
public struct TokenPair: Sendable, Equatable {
  /// The layer, 0-based; nil where the number is of several layers.
  public var layer: Int16?
  /// The head, 0-based; nil where the number is of several heads.
  public var head: Int16?
  /// The query's place among the tokens.
  public var from: Int32
  /// The key's place among the tokens.
  public var to: Int32
  public var weight: Float

  public init(layer: Int?, head: Int?, from: Int, to: Int, weight: Float) {
    self.layer = layer.map { Int16(clamping: $0) }
    self.head = head.map { Int16(clamping: $0) }
    self.from = Int32(clamping: from)
    self.to = Int32(clamping: to)
    self.weight = weight
  }
}

/// Which pairs of tokens are kept of a map.
public struct PairCut: Sendable, Hashable {
  /// The most keys that are kept of each query, those with the largest weights; nil for all of them.
  public var topK: Int?
  /// What a weight must reach, without its sign.
  public var threshold: Double?
  /// Whether queries are the token alone that the output stands at; every token otherwise.
  public var isOfOutput: Bool

  /// Keys that are kept of each query unless more are asked for.
  public static let usualTopK = 16

  public init(topK: Int? = usualTopK, threshold: Double? = nil, isOfOutput: Bool = false) {
    self.topK = topK
    self.threshold = threshold
    self.isOfOutput = isOfOutput
  }

  /// Adds the pairs of one query to those that are kept, keys in their order.
  ///
  /// - Parameters:
  ///   - weights: one per key.
  ///   - keys: those that the query sees.
  func keep(
    _ weights: UnsafeBufferPointer<Float>, of query: Int, keys: Range<Int>, layer: Int?, head: Int?,
    in pairs: inout [TokenPair]
  ) {
    for key in keys.ofLargest(topK: topK, threshold: threshold, { weights[$0] }) {
      pairs.append(TokenPair(layer: layer, head: head, from: query, to: key, weight: weights[key]))
    }
  }
}
