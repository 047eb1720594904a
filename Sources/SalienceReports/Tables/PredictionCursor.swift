/// Walks a model's predictions in row order, one row group in memory at a time.
struct PredictionCursor {
  private let run: RunDirectory
  private var rows: TableCursor<PredictionRow>

  /// Columns that join an example's tokens with its prediction.
  private static let joining = ["row", "example_id", "predicted", "probability", "label"]

  /// - Parameter includingTexts: whether the texts are read too; null otherwise, and where the run holds none.
  init(_ run: RunDirectory, model: String, includingTexts: Bool = false) {
    self.run = run
    rows = TableCursor(
      run.parts(of: .predictions, model: model),
      columns: includingTexts ? Self.joining + ["text", "text_pair"] : Self.joining)
  }

  /// The next prediction, or nil after the last.
  mutating func next() throws -> PredictionRow? { try rows.next() }

  /// The prediction of `row`, skipping those before it.
  ///
  /// - Throws: `ReportError.malformedTable` where there is none.
  mutating func advance(to row: Int64) throws -> PredictionRow {
    while let candidate = try next() {
      if candidate.row == row { return candidate }
      if candidate.row > row { break }
    }
    throw ReportError(.malformedTable, "predictions lack row \(row), which has attributions", at: run.path)
  }
}

extension PredictionRow {
  /// Whether both hold texts, and not the same; tables that leave a text out cannot tell.
  func hasOtherTexts(than other: PredictionRow) -> Bool {
    guard let text, let otherText = other.text else { return false }
    return !text.utf8.elementsEqual(otherText.utf8)
      || !(textPair ?? "").utf8.elementsEqual((other.textPair ?? "").utf8)
      || (textPair == nil) != (other.textPair == nil)
  }
}
