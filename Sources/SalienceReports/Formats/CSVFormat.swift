import SalienceFoundation

/// Tables as comma-separated text, with a header line; cells are written as `CSVEncoder` says.
public struct CSVFormat: ReportFormat {
  /// Leaves texts that look like spreadsheet formulas as they are.
  public var raw: Bool

  public var fileExtension: String { "csv" }

  public init(raw: Bool = false) {
    self.raw = raw
  }

  /// - Throws: `FileFault`.
  public func create<Row>(_ path: String, for table: TableDefinition<Row>) throws -> any TableFile<Row> {
    CSVTableFile(table, try FileOutput(creating: path), raw: raw)
  }
}

/// A CSV file of one table.
private final class CSVTableFile<Row: Sendable>: TableFile {
  private let cells: CellWriter<Row>
  private let output: FileOutput
  private var encoder: CSVEncoder
  private var rows: Int64 = 0
  private(set) var byteCount: Int64 = 0
  private var isOpen = true

  init(_ table: TableDefinition<Row>, _ output: FileOutput, raw: Bool) {
    cells = CellWriter(table.columns)
    self.output = output
    encoder = CSVEncoder(raw: raw)
    encoder.appendHeader(table.columns.map(\.name))
  }

  var path: String { output.path }

  func append(_ rows: [Row]) throws {
    for row in rows {
      cells.append(row, to: &encoder)
      encoder.endLine()
      if encoder.byteCount >= 1 << 16 { try flush() }
    }
    self.rows += Int64(rows.count)
  }

  func finish() throws -> Int64 {
    try flush()
    try output.finish()
    isOpen = false
    return rows
  }

  func cancel() {
    guard isOpen else { return }
    isOpen = false
    try? DurableFile.remove(path)
  }

  private func flush() throws {
    try output.write(encoder.encoded)
    byteCount += Int64(encoder.byteCount)
    encoder.removeAll()
  }
}
