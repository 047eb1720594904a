/// The per-token table as CSV: `model`, the columns of attributions, then `predicted`, `probability` and `label`.
///
/// Cells are written as `CSVEncoder` says.
public struct TokenCSV: Sendable {
  public static let header =
    ["model"] + AttributionColumns.schema.columns.map(\.name) + ["predicted", "probability", "label"]

  /// What an export wrote.
  public struct Exported: Sendable, Equatable {
    /// In the order of the file.
    public let models: [String]
    /// Rows of the dataset, over all models.
    public internal(set) var rows: Int64 = 0
    /// Lines after the header: one a token, method and target.
    public internal(set) var tokens: Int64 = 0
  }

  private var encoder: CSVEncoder

  /// - Parameter raw: leaves texts that look like spreadsheet formulas as they are.
  public init(raw: Bool = false) {
    encoder = CSVEncoder(raw: raw)
  }

  /// Writes the header alone: the file of a run in which no row was scored.
  public static func writeHeader(to output: FileOutput) throws {
    var csv = TokenCSV()
    csv.encoder.appendHeader(header)
    try csv.flush(to: output)
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
    csv.encoder.appendHeader(header)
    for model in chosen {
      var predictions = PredictionCursor(run, model: model)
      var prediction: PredictionCursor.Row?
      for group in RowGroupSequence(run.parts(of: .attributions, model: model)) {
        let columns = try AttributionColumns(reading: group.get())
        for index in 0..<columns.count {
          let row = columns.row[index]
          let joined: PredictionCursor.Row
          if let prediction, prediction.row == row {
            joined = prediction
          } else {
            joined = try predictions.advance(to: row)
            prediction = joined
            exported.rows += 1
          }
          csv.append(columns, index, model, joined)
          exported.tokens += 1
          if csv.encoder.byteCount >= 1 << 16 { try csv.flush(to: output) }
        }
      }
    }
    try csv.flush(to: output)
    return exported
  }

  /// The lines of one example, without a header: the same bytes as an export of its tables.
  ///
  /// - Throws: `ReportError.invalidExample`.
  public mutating func lines(of scored: ScoredExample, model: String, words: WordMerge? = nil) throws -> [UInt8] {
    var columns = AttributionColumns()
    try columns.append(scored, words: words)
    let prediction = PredictionCursor.Row(
      row: scored.example.row, exampleID: scored.example.id, predicted: scored.prediction.label,
      probability: scored.prediction.probability, label: scored.example.label)
    for index in 0..<columns.count { append(columns, index, model, prediction) }
    defer { encoder.removeAll() }
    return encoder.encoded
  }

  private mutating func flush(to output: FileOutput) throws {
    try output.write(encoder.encoded)
    encoder.removeAll()
  }

  private mutating func append(
    _ columns: AttributionColumns, _ index: Int, _ model: String, _ prediction: PredictionCursor.Row
  ) {
    encoder.append(model)
    encoder.append(columns.row[index])
    encoder.append(columns.exampleID[index])
    encoder.append(columns.method[index])
    encoder.append(columns.target[index])
    encoder.append(columns.targetIndex[index])
    encoder.append(columns.targetPosition[index])
    encoder.append(columns.position[index])
    encoder.append(columns.token[index])
    encoder.append(columns.tokenID[index])
    encoder.append(columns.special[index])
    encoder.append(columns.segment[index])
    encoder.append(columns.word[index])
    encoder.append(columns.start[index])
    encoder.append(columns.end[index])
    encoder.append(columns.attribution[index])
    encoder.append(columns.normalized[index])
    encoder.append(columns.wordAttribution[index])
    encoder.append(prediction.predicted)
    encoder.append(prediction.probability)
    encoder.append(prediction.label)
    encoder.endLine()
  }
}
