/// Writes the cells of a table's columns, or some of them, as CSV.
struct CellWriter<Row: Sendable>: Sendable {
  /// What writes each cell, and nothing else of the columns, which would be copied for every cell.
  private let columns: [Column<Row>.Write]

  init(_ columns: [Column<Row>]) {
    self.columns = columns.map(\.write)
  }

  /// Writes a row's cells, without ending the line.
  func append(_ row: Row, to csv: inout CSVEncoder) {
    withUnsafePointer(to: row) { row in
      for write in columns { write(row, &csv) }
    }
  }
}
