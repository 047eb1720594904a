/// One table of a unit: its file, from the first row on.
final class UnitTable<Row: Sendable>: UnitFile {
  private let table: Table
  private let definition: TableDefinition<Row>
  private let path: String
  private let format: any ReportFormat
  private var file: (any TableFile<Row>)?

  init(_ table: Table, _ definition: TableDefinition<Row>, path: String, format: any ReportFormat) {
    self.table = table
    self.definition = definition
    self.path = path
    self.format = format
  }

  func write(_ rows: [Row]) throws {
    guard !rows.isEmpty else { return }
    let open = try file ?? format.create(path, for: definition)
    file = open
    try open.append(rows)
  }

  func finish() throws -> (file: StagedTable, bytes: Int64)? {
    guard let open = file else { return nil }
    file = nil
    let rows = try open.finish()
    return (StagedTable(table: table, path: open.path, rows: rows), open.byteCount)
  }

  func cancel() {
    file?.cancel()
    file = nil
  }
}

/// A table of a unit, whatever its rows.
protocol UnitFile: AnyObject {
  /// Completes the file; nil where the table has no rows.
  func finish() throws -> (file: StagedTable, bytes: Int64)?
  /// Removes what is not complete.
  func cancel()
}

/// A table of a unit that scored examples give rows to.
protocol ExampleTable: AnyObject {
  var file: any UnitFile { get }
  /// Makes the rows of an example, in place of any that were not written.
  func take(_ scored: ScoredExample) throws
  /// Writes the rows of the last example.
  func write() throws
}

final class UnitExampleTable<Row: ExampleRow>: ExampleTable {
  private let table: UnitTable<Row>
  private let contents: TableContents
  private var rows: [Row] = []

  init(_ table: UnitTable<Row>, _ contents: TableContents) {
    self.table = table
    self.contents = contents
  }

  var file: any UnitFile { table }

  func take(_ scored: ScoredExample) throws { rows = try Row.rows(of: scored, contents) }

  func write() throws {
    try table.write(rows)
    rows = []
  }
}
