/// The keys that a query of attention sees: query i those from i - before to i + after of its own sequence.
public struct AttentionWindow: Sendable, Hashable {
  /// Keys in front of the query's own; nil for all of them.
  public var before: Int?
  /// Keys behind the query's own; nil for all of them.
  public var after: Int?

  public init(before: Int? = nil, after: Int? = nil) {
    self.before = before
    self.after = after
  }

  /// Every key of the sequence.
  public static let everything = AttentionWindow()

  /// The query's own key and those in front of it, as in a model that predicts the next token.
  public static let causal = AttentionWindow(after: 0)

  /// `reach` keys on either side of the query's own.
  public static func local(_ reach: Int) -> AttentionWindow { AttentionWindow(before: reach, after: reach) }

  /// The query's own key and the `width` - 1 in front of it: a causal model's sliding window.
  public static func causalLocal(_ width: Int) -> AttentionWindow { AttentionWindow(before: width - 1, after: 0) }

  /// Whether every query sees its own key, and so at least one.
  var isValid: Bool { (before ?? 0) >= 0 && (after ?? 0) >= 0 }

  /// The keys, of `length`, that a query sees.
  public func keys(ofQuery query: Int, length: Int) -> Range<Int> {
    let first = before.map { max(0, query - $0) } ?? 0
    let end = after.map { $0 < length - query ? query + $0 + 1 : length } ?? length
    return first..<end
  }

  /// Pairs of a query and a key that it sees, among `length` tokens.
  public func pairs(length: Int) -> Int {
    guard length > 0 else { return 0 }
    /// Σ min(i, reach) over 0 <= i < length: the keys on one side.
    func side(_ reach: Int?) -> Int {
      let most = min(reach ?? length, length - 1)
      return most * (most + 1) / 2 + (length - 1 - most) * most
    }
    return length + side(before) + side(after)
  }

  /// The most keys that one query sees among `length` tokens.
  public func mostKeys(length: Int) -> Int {
    guard length > 0 else { return 0 }
    let (before, after) = (min(before ?? length, length - 1), min(after ?? length, length - 1))
    return min(length, before + 1 + after)
  }
}
