/// What the work of ops depends on in a batch: how long its sequences are and which of their rows are selected.
public struct BatchSizes: Sendable {
  /// Tokens of each sequence.
  public let lengths: [Int]
  /// T.
  public let tokens: Int
  /// The token that each sequence selects, counted from its first; nil where it is not known yet.
  public let selectedTokens: [Int]?

  /// Sizes of a batch that is planned for: of the rows that sequences select, the one with the most work.
  public init(lengths: [Int]) {
    self.lengths = lengths
    tokens = lengths.reduce(0, +)
    selectedTokens = nil
  }

  public init(_ batch: PackedBatch) {
    lengths = batch.lengths
    tokens = batch.tokenCount
    selectedTokens = zip(batch.selectedRows, batch.offsets).map(-)
  }

  /// Rows of a value.
  public func rows(_ extent: RowExtent) -> Int { extent == .tokens ? tokens : lengths.count }

  /// Elements of a value.
  public func elements(_ shape: ValueShape) -> Int { rows(shape.rows) * shape.width }

  /// Pairs of a query and a key that it sees, over all sequences.
  public func pairs(_ window: AttentionWindow) -> Int { lengths.reduce(0) { $0 + window.pairs(length: $1) } }

  /// Keys that the selected rows see, over all sequences.
  public func keysOfSelectedRows(_ window: AttentionWindow) -> Int {
    guard let selectedTokens else { return lengths.reduce(0) { $0 + window.mostKeys(length: $1) } }
    return zip(selectedTokens, lengths).reduce(0) { $0 + window.keys(ofQuery: $1.0, length: $1.1).count }
  }
}
