import SalienceParquet

extension TableDefinition where Row: TableRow {
  /// The rows of one row group of a part.
  ///
  /// - Parameter names: columns to read; all by default. Properties of the others are as `Row()` has them.
  /// - Throws: `ReportError.malformedTable` where a column has another type than the table's, and `ParquetError` where
  ///   it is missing or cannot be read.
  func rows(of file: ParquetReader, rowGroup: Int, columns names: [String]? = nil) throws -> [Row] {
    var rows = [Row](repeating: Row(), count: Int(clamping: file.rowGroupRowCounts[rowGroup]))
    for column in names.map(columns) ?? columns {
      guard let read = column.read, !column.isLater || file.schema.index(of: column.name) != nil else { continue }
      let data = try file.read(column: column.name, rowGroup: rowGroup)
      guard data.count == rows.count, read(data, &rows) else {
        throw ReportError(
          .malformedTable, "column \(column.name) has another type than the table's schema", at: file.path)
      }
    }
    return rows
  }
}

/// Walks the rows of a table's parts, one row group in memory at a time.
public struct TableCursor<Row: TableRow> {
  private var paths: ArraySlice<String>
  private let names: [String]?
  private var file: ParquetReader?
  private var group = 0
  private var rows: [Row] = []
  private var index = 0

  /// - Parameters:
  ///   - paths: of the parts, in order.
  ///   - columns: names of those to read; all by default.
  public init(_ paths: [String], columns names: [String]? = nil) {
    self.paths = paths[...]
    self.names = names
  }

  /// The rows of the next row group, or nil after the last.
  mutating func nextGroup() throws -> [Row]? {
    while true {
      if let file, group < file.rowGroupCount {
        defer { group += 1 }
        return try Row.table.rows(of: file, rowGroup: group, columns: names)
      }
      guard let path = paths.popFirst() else { return nil }
      group = 0
      file = try ParquetReader(path: path)
    }
  }

  /// The row that `next` gives, without going on.
  mutating func peek() throws -> Row? {
    while index >= rows.count {
      // Given up first, so that one row group is in memory and not two.
      rows = []
      index = 0
      guard let read = try nextGroup() else { return nil }
      rows = read
    }
    return rows[index]
  }

  /// The next row, or nil after the last.
  ///
  /// - Throws: `ReportError.malformedTable` where a column has another type than the table's, and `ParquetError` where a
  ///   part or a column is missing or cannot be read.
  public mutating func next() throws -> Row? {
    guard let row = try peek() else { return nil }
    index += 1
    return row
  }
}
