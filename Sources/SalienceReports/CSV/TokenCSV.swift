/// The per-token table as CSV: `model`, the columns of attributions, then `predicted`, `probability` and `label`.
///
/// Cells are written as `CSVEncoder` says.
public struct TokenCSV: Sendable {
  public static let header = PredictedLines<AttributionRow>.header

  /// What an export wrote.
  public struct Exported: Sendable, Equatable {
    /// In the order of the file.
    public let models: [String]
    /// Rows of the dataset, over all models.
    public internal(set) var rows: Int64 = 0
    /// Lines after the header: one per token, method and target.
    public internal(set) var tokens: Int64 = 0
  }

  private var lines: PredictedLines<AttributionRow>

  /// - Parameter raw: leaves texts that look like spreadsheet formulas as they are.
  public init(raw: Bool = false) {
    lines = PredictedLines(raw: raw)
  }

  /// Writes the header alone: the file of a run in which no row was scored.
  public static func writeHeader(to output: FileOutput) throws {
    var csv = TokenCSV()
    csv.lines.appendHeader()
    try csv.lines.flush(to: output)
  }

  /// Writes header and tokens of a run, model by model, with one row group of each table in memory.
  ///
  /// - Parameter models: in the order wanted; all of the run's in byte order of their names by default.
  /// - Throws: `ReportError`, and `ParquetError` where a part cannot be read.
  @discardableResult
  public static func export(
    _ run: RunDirectory, models: [String]? = nil, raw: Bool = false, to output: FileOutput
  ) throws -> Exported {
    let chosen = try run.checkedModels(models)
    var csv = TokenCSV(raw: raw)
    var exported = Exported(models: chosen)
    csv.lines.appendHeader()
    for model in chosen {
      var predictions = PredictionCursor(run, model: model)
      var prediction = PredictionRow()
      var current: Int64?
      var tokens = TableCursor<AttributionRow>(run.parts(of: .attributions, model: model))
      while let group = try tokens.nextGroup() {
        for token in group {
          if current != token.key.row {
            prediction = try predictions.advance(to: token.key.row)
            current = prediction.row
            exported.rows += 1
          }
          csv.lines.append(token, of: prediction, model: model)
          exported.tokens += 1
          if csv.lines.isFull { try csv.lines.flush(to: output) }
        }
      }
    }
    try csv.lines.flush(to: output)
    return exported
  }

  /// The lines of one example, without a header: the same bytes as an export of its tables.
  ///
  /// - Throws: `ReportError.invalidExample`.
  public mutating func lines(of scored: ScoredExample, model: String, words: WordMerge? = nil) throws -> [UInt8] {
    let contents = TableContents(words: words)
    let tokens = try AttributionRow.rows(of: scored, contents)
    let prediction = try PredictionRow(scored, contents)
    for token in tokens { lines.append(token, of: prediction, model: model) }
    return lines.takeBytes()
  }
}
