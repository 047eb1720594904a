import SalienceParquet

/// Writes one table of a comparison as `NAME.parquet` and `NAME.csv`, both under temporary names until `publish`.
final class ComparisonWriter {
  private let parquet: ParquetWriter
  private let csvFile: FileOutput
  private let files: [StagedFile]
  private var csv: CSVEncoder
  private var isPublished = false

  init(directory: String, name: String, schema: ParquetSchema, raw: Bool) throws {
    let files = ["parquet", "csv"].map { StagedFile(for: "\(directory)/\(name).\($0)") }
    self.files = files
    parquet = try ParquetWriter(path: files[0].partial, schema: schema, createdBy: "salience")
    csvFile = try FileOutput(creating: files[1].partial)
    csv = CSVEncoder(raw: raw)
    csv.appendHeader(schema.columns.map(\.name))
  }

  deinit {
    if !isPublished { files.forEach { $0.discard() } }
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

  /// Completes both files, still under their temporary names.
  func finish() throws {
    try flush()
    _ = try parquet.finish()
    try csvFile.finish()
  }

  /// Gives both files their names.
  func publish() throws {
    for file in files { try file.publish() }
    isPublished = true
  }

  private func flush() throws {
    try csvFile.write(csv.encoded)
    csv.removeAll()
  }
}
