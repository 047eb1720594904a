import SalienceFoundation
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
  /// What the files hold, and how.
  public struct Options: Sendable {
    public var contents: TableContents
    public var format: ParquetFormat

    public init(
      includeText: Bool = true, keep: [String] = [], compression: Compression = .zstd, words: WordMerge? = nil,
      createdBy: String = "salience", metadata: [String: String] = [:]
    ) {
      contents = TableContents(includeText: includeText, keep: keep, words: words)
      format = ParquetFormat(compression: compression, createdBy: createdBy, metadata: metadata)
    }
  }

  /// Bytes of one table's values that are held at most before they are written.
  public static let tableBytes = ParquetWriter.standardRowGroupBytes

  /// Whether the files are kept; otherwise they are measured alone.
  private let isKept: Bool
  /// The tables of scored examples, in order.
  private let examples: [any ExampleTable]
  private let errors: UnitTable<FailedRow>?
  private var staged: [StagedTable] = []
  /// Bytes of the finished files.
  public private(set) var byteCount: Int64 = 0
  private var lastScoredRow = Int64.min
  private var lastFailedRow = Int64.min

  /// - Parameters:
  ///   - directory: an existing directory of this attempt alone.
  ///   - tables: the tables to write; rows of others are dropped.
  public convenience init(directory: String, tables: [Table] = Table.allCases, options: Options = Options()) {
    self.init(directory, tables, options)
  }

  /// Encodes every table and keeps nothing: tells by `byteCount` what the files would take.
  public convenience init(measuring options: Options) {
    self.init(nil, Table.allCases, options)
  }

  private init(_ directory: String?, _ tables: [Table], _ options: Options) {
    isKept = directory != nil
    func path(_ table: Table) -> String {
      directory.map { "\($0)/\(table.rawValue).\(options.format.fileExtension)" } ?? "/dev/null"
    }
    func open<Row: ExampleRow>(_ table: Table, _ row: Row.Type) -> any ExampleTable {
      UnitExampleTable(
        UnitTable(table, row.table(of: options.contents), path: path(table), format: options.format), options.contents)
    }
    examples = Table.allCases.filter(tables.contains).compactMap { table in
      (table.rowType as? any ExampleRow.Type).map { open(table, $0) }
    }
    errors =
      tables.contains(.errors)
      ? UnitTable(.errors, FailedRow.table, path: path(.errors), format: options.format) : nil
  }

  /// - Throws: `ReportError.invalidExample` where rows do not ascend or arrays differ in count, with nothing
  ///   appended; `ParquetError` where a file cannot be written.
  public func append(_ scored: ScoredExample) throws {
    try require(scored.example.row, above: lastScoredRow)
    for table in examples { try table.take(scored) }
    for table in examples { try table.write() }
    lastScoredRow = scored.example.row
  }

  /// - Throws: as for examples.
  public func append(_ failed: FailedRow) throws {
    try require(failed.row, above: lastFailedRow)
    try errors?.write([failed])
    lastFailedRow = failed.row
  }

  public func finish() throws -> [StagedTable] {
    for file in files {
      guard let (file, bytes) = try file.finish() else { continue }
      staged.append(file)
      byteCount += bytes
    }
    return staged
  }

  public func cancel() {
    for file in files { file.cancel() }
    if isKept { for table in staged { try? DurableFile.remove(table.path) } }
    staged.removeAll()
  }

  private var files: [any UnitFile] {
    var files = examples.map(\.file)
    if let errors { files.append(errors) }
    return files
  }

  private func require(_ row: Int64, above last: Int64) throws {
    guard row > last else {
      throw ReportError(.invalidExample, "follows row \(last): rows must ascend", at: "row \(row)")
    }
  }
}
