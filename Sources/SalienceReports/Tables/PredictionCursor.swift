/// Walks a model's predictions in row order, one row group in memory at a time.
struct PredictionCursor {
  /// What joins an example's tokens with its prediction.
  struct Row {
    let row: Int64
    let exampleID: String
    let predicted: String
    let probability: Float
    let label: String?
    /// Null where they were not asked for or the run holds none.
    let text: String?
    let textPair: String?

    init(
      row: Int64, exampleID: String, predicted: String, probability: Float, label: String?, text: String? = nil,
      textPair: String? = nil
    ) {
      self.row = row
      self.exampleID = exampleID
      self.predicted = predicted
      self.probability = probability
      self.label = label
      self.text = text
      self.textPair = textPair
    }

    /// Whether both hold texts, and not the same; tables that leave a text out cannot tell.
    func hasOtherTexts(than other: Row) -> Bool {
      guard let text, let otherText = other.text else { return false }
      return !text.utf8.elementsEqual(otherText.utf8)
        || !(textPair ?? "").utf8.elementsEqual((other.textPair ?? "").utf8)
        || (textPair == nil) != (other.textPair == nil)
    }
  }

  private let run: RunDirectory
  private let includesTexts: Bool
  private var groups: RowGroupSequence
  private var rows: [Row] = []
  private var index = 0

  init(_ run: RunDirectory, model: String, includingTexts: Bool = false) {
    self.run = run
    includesTexts = includingTexts
    groups = RowGroupSequence(run.parts(of: .predictions, model: model))
  }

  /// The next prediction, or nil after the last.
  mutating func next() throws -> Row? {
    while index >= rows.count {
      guard let group = groups.next() else { return nil }
      let part = try group.get()
      let row = try part.int64("row")
      let id = try part.string("example_id")
      let predicted = try part.string("predicted")
      let probability = try part.float("probability")
      let label = try part.optionalString("label")
      let text = includesTexts ? try part.optionalString("text") : []
      let textPair = includesTexts ? try part.optionalString("text_pair") : []
      rows = row.indices.map {
        Row(
          row: row[$0], exampleID: id[$0], predicted: predicted[$0], probability: probability[$0], label: label[$0],
          text: includesTexts ? text[$0] : nil, textPair: includesTexts ? textPair[$0] : nil)
      }
      index = 0
    }
    defer { index += 1 }
    return rows[index]
  }

  /// The prediction of `row`, skipping those before it.
  ///
  /// - Throws: `ReportError.malformedTable` where there is none.
  mutating func advance(to row: Int64) throws -> Row {
    while let candidate = try next() {
      if candidate.row == row { return candidate }
      if candidate.row > row { break }
    }
    throw ReportError(.malformedTable, "predictions lack row \(row), which has attributions", at: run.path)
  }
}
