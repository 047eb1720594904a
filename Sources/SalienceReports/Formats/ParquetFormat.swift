import SalienceParquet

/// Tables as Apache Parquet.
public struct ParquetFormat: ReportFormat {
  public var compression: Compression
  /// The writer's name and version in each footer.
  public var createdBy: String
  /// Further entries of each footer.
  public var metadata: [String: String]

  public var fileExtension: String { "parquet" }

  public init(compression: Compression = .zstd, createdBy: String = "salience", metadata: [String: String] = [:]) {
    self.compression = compression
    self.createdBy = createdBy
    self.metadata = metadata
  }

  /// - Throws: `ParquetError`.
  public func create<Row>(_ path: String, for table: TableDefinition<Row>) throws -> any TableFile<Row> {
    let writer = try ParquetWriter(
      path: path, schema: table.schema, compression: compression, createdBy: createdBy, keyValueMetadata: metadata)
    return ParquetTableFile(table, writer)
  }
}

/// A Parquet file of one table.
private final class ParquetTableFile<Row: Sendable>: TableFile {
  private let table: TableDefinition<Row>
  private let writer: ParquetWriter

  init(_ table: TableDefinition<Row>, _ writer: ParquetWriter) {
    self.table = table
    self.writer = writer
  }

  var path: String { writer.path }
  var byteCount: Int64 { writer.byteCount }

  func append(_ rows: [Row]) throws {
    let columns = table.columns
    try rows.withUnsafeBufferPointer { rows in
      guard let first = rows.baseAddress else { return }
      try writer.append(rows: rows.count) { columns[$0].store(first, $1, &$2) }
    }
  }

  func finish() throws -> Int64 { try writer.finish() }
  func cancel() { writer.cancel() }
}
