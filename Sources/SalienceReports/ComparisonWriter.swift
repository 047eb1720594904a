import SalienceParquet

/// Writes one table of a comparison as `NAME.parquet` and `NAME.csv`, both under temporary names until `finish`.
final class ComparisonWriter {
  private let base: String
  private let parquet: ParquetWriter
  private let csvFile: FileOutput
  private var csv: CSVEncoder
  private var finished = false

  init(directory: String, name: String, schema: ParquetSchema, raw: Bool) throws {
    base = "\(directory)/\(name)"
    parquet = try ParquetWriter(path: "\(base).parquet.partial", schema: schema, createdBy: "salience")
    csvFile = try FileOutput(creating: "\(base).csv.partial")
    csv = CSVEncoder(raw: raw)
    csv.appendHeader(schema.columns.map(\.name))
  }

  deinit {
    if !finished { RunDirectory.removeFile("\(base).csv.partial") }
  }

  func append(_ rows: [ComparedExplanation]) throws {
    try parquet.append(ComparisonColumns.columnData(rows))
    for row in rows { csv.append(row) }
    try flush()
  }

  func append(_ words: [WordMovement]) throws {
    try parquet.append(ComparisonColumns.columnData(words))
    for word in words { csv.append(word) }
    try flush()
  }

  /// Completes both files and gives them their names.
  func finish() throws {
    try flush()
    _ = try parquet.finish()
    try csvFile.finish()
    try RunDirectory.rename("\(base).parquet.partial", to: "\(base).parquet")
    try RunDirectory.rename("\(base).csv.partial", to: "\(base).csv")
    finished = true
  }

  private func flush() throws {
    try csvFile.write(csv.encoded)
    csv.removeAll()
  }
}
