/// A row of a table that is written from scored examples.
public protocol ExampleRow: TableRow {
  /// The table as a run writes it; the same as `table` unless a table has further columns.
  static func table(of contents: TableContents) -> TableDefinition<Self>

  /// The rows of one example.
  ///
  /// - Throws: `ReportError.invalidExample` naming the row.
  static func rows(of scored: ScoredExample, _ contents: TableContents) throws -> [Self]
}

extension ExampleRow {
  public static func table(of contents: TableContents) -> TableDefinition<Self> { table }
}

/// What the tables of a run hold of its examples.
public struct TableContents: Sendable, Equatable {
  /// Whether the tables hold texts, or nulls, ids and offsets in their place; columns that are carried along stay.
  public var includeText: Bool
  /// Columns of the dataset that examples carry along into the predictions, in their order.
  public var keep: [String]
  /// How attributions are merged to words; nil leaves `word_attribution` null.
  public var words: WordMerge?

  public init(includeText: Bool = true, keep: [String] = [], words: WordMerge? = nil) {
    self.includeText = includeText
    self.keep = keep
    self.words = words
  }
}

extension ScoredExample {
  /// The integer in 32 bits, or an error naming row and column.
  func narrow(_ value: Int, _ column: String) throws -> Int32 {
    guard let narrow = Int32(exactly: value) else {
      throw ReportError(.invalidExample, "\(column) does not fit in 32 bits", at: "row \(example.row)")
    }
    return narrow
  }
}
