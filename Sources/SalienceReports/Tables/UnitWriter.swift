import SalienceParquet

/// Takes the results of one unit in row order and leaves a staged file for each table that has rows.
///
/// Staged files are complete and durable, but under temporary names: publishing them is the caller's.
public protocol ExampleSink: AnyObject {
  /// Adds an example's rows to predictions, explanations and attributions.
  func append(_ scored: ScoredExample) throws
  /// Adds a row to the errors table.
  func append(_ failed: FailedRow) throws
  /// Completes the files; a table without rows has none.
  func finish() throws -> [StagedTable]
  /// Removes whatever was written.
  func cancel()
}

/// A finished table of a unit, waiting to be published.
public struct StagedTable: Sendable, Equatable {
  public let table: Table
  public let path: String
  public let rows: Int64

  public init(table: Table, path: String, rows: Int64) {
    self.table = table
    self.path = path
    self.rows = rows
  }
}

/// Writes the Parquet tables of one unit into a directory of temporaries.
///
/// A table's file, `TABLE.parquet`, is created with its first row. Memory holds one row group a table at most.
public final class UnitWriter: ExampleSink {
  /// What the files hold beyond the rows.
  public struct Options: Sendable {
    /// Whether the tables hold texts, or nulls, ids and offsets in their place.
    public var includeText: Bool
    /// Columns of the dataset that examples carry along into the predictions, in their order.
    public var keep: [String]
    public var compression: Compression
    /// How attributions are merged to words; nil leaves `word_attribution` null.
    public var words: WordMerge?
    /// The writer's name and version in each footer.
    public var createdBy: String
    /// Further entries of each footer.
    public var metadata: [String: String]

    public init(
      includeText: Bool = true, keep: [String] = [], compression: Compression = .zstd, words: WordMerge? = nil,
      createdBy: String = "salience", metadata: [String: String] = [:]
    ) {
      self.includeText = includeText
      self.keep = keep
      self.compression = compression
      self.words = words
      self.createdBy = createdBy
      self.metadata = metadata
    }
  }

  /// Bytes of one table's values that are held at most before they are written.
  public static let tableBytes = ParquetWriter.standardRowGroupBytes

  /// nil where the files are measured alone.
  private let directory: String?
  private let tables: [Table]
  private let options: Options
  private var writers: [Table: ParquetWriter] = [:]
  private var staged: [StagedTable] = []
  /// Bytes of the finished files.
  public private(set) var byteCount: Int64 = 0
  private var lastScoredRow = Int64.min
  private var lastFailedRow = Int64.min

  /// - Parameters:
  ///   - directory: an existing directory of this attempt alone.
  ///   - tables: the tables to write; rows of others are dropped.
  public init(directory: String, tables: [Table] = Table.allCases, options: Options = Options()) {
    self.directory = directory
    self.tables = Table.allCases.filter { tables.contains($0) }
    self.options = options
  }

  /// Encodes every table and keeps nothing: tells by `byteCount` what the files would take.
  public init(measuring options: Options) {
    directory = nil
    tables = Table.allCases
    self.options = options
  }

  /// - Throws: `ReportError.invalidExample` where rows do not ascend or arrays differ in count, with nothing
  ///   appended; `ParquetError` where a file cannot be written.
  public func append(_ scored: ScoredExample) throws {
    try require(scored.example.row, above: lastScoredRow)
    var predictions = PredictionColumns(keep: options.keep)
    var explanations = ExplanationColumns()
    var attributions = AttributionColumns()
    try predictions.append(scored, includeText: options.includeText)
    try explanations.append(scored, includeText: options.includeText)
    try attributions.append(scored, words: options.words, includeText: options.includeText)
    try write(predictions, to: .predictions)
    try write(explanations, to: .explanations)
    try write(attributions, to: .attributions)
    lastScoredRow = scored.example.row
  }

  /// - Throws: as for examples.
  public func append(_ failed: FailedRow) throws {
    try require(failed.row, above: lastFailedRow)
    var errors = ErrorColumns()
    errors.append(failed)
    try write(errors, to: .errors)
    lastFailedRow = failed.row
  }

  public func finish() throws -> [StagedTable] {
    for table in tables {
      guard let writer = writers.removeValue(forKey: table) else { continue }
      staged.append(StagedTable(table: table, path: writer.path, rows: try writer.finish()))
      byteCount += writer.byteCount
    }
    return staged
  }

  public func cancel() {
    for writer in writers.values { writer.cancel() }
    writers.removeAll()
    if directory != nil { for table in staged { RunDirectory.removeFile(table.path) } }
    staged.removeAll()
  }

  private func require(_ row: Int64, above last: Int64) throws {
    guard row > last else {
      throw ReportError(.invalidExample, "follows row \(last): rows must ascend", at: "row \(row)")
    }
  }

  private func write(_ columns: some TableColumns, to table: Table) throws {
    guard columns.count > 0, tables.contains(table) else { return }
    let writer: ParquetWriter
    if let open = writers[table] {
      writer = open
    } else {
      writer = try ParquetWriter(
        path: directory.map { "\($0)/\(table.rawValue).parquet" } ?? "/dev/null", schema: columns.schema,
        compression: options.compression, createdBy: options.createdBy, keyValueMetadata: options.metadata)
      writers[table] = writer
    }
    try writer.append(columns.columnData)
  }
}
