import SalienceJSON
import SalienceParquet

/// A Swift type whose values are cells of a table, in every format.
package protocol Cell: Sendable {
  /// The type of a Parquet column of such cells.
  static var columnType: ParquetType { get }
  /// Whether a cell may be null.
  static var isNullable: Bool { get }
  /// Appends the cells of some rows to a column of a file.
  static func append(_ rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Self)
  /// The cells that were read from a file; nil where they have another type, or a value that is none of this type.
  static func cells(of data: ColumnData) -> [Self]?
  /// Writes the cell as text.
  func append(to csv: inout CSVEncoder)
  /// The cell in a JSON document.
  var json: JSONValue { get }
}

/// A cell that is never null; as an optional it may be.
package protocol RequiredCell: Cell {
  static func append(optional rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Self?)
  /// As `cells(of:)`; cells that could not be null when the table was written are taken too.
  static func optionalCells(of data: ColumnData) -> [Self?]?
}

extension RequiredCell {
  package static var isNullable: Bool { false }
}

extension Optional: Cell where Wrapped: RequiredCell {
  package static var columnType: ParquetType { Wrapped.columnType }
  package static var isNullable: Bool { true }

  package static func append(_ rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Wrapped?) {
    Wrapped.append(optional: rows, to: &column, cell)
  }

  package static func cells(of data: ColumnData) -> [Wrapped?]? { Wrapped.optionalCells(of: data) }

  package func append(to csv: inout CSVEncoder) {
    if let self { self.append(to: &csv) } else { csv.append(nil as String?) }
  }

  package var json: JSONValue { map(\.json) ?? .null }
}

/// A cell that is one of a few names.
package protocol NamedCell: RequiredCell, RawRepresentable where RawValue == String {}

extension NamedCell {
  package static var columnType: ParquetType { .string }

  package static func append(_ rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Self) {
    column.append(rows) { cell($0).rawValue }
  }

  package static func append(optional rows: Range<Int>, to column: inout ColumnBuffer, _ cell: (Int) -> Self?) {
    column.append(rows) { cell($0)?.rawValue }
  }

  package static func cells(of data: ColumnData) -> [Self]? {
    guard let names = String.cells(of: data) else { return nil }
    let cells = names.compactMap(Self.init(rawValue:))
    return cells.count == names.count ? cells : nil
  }

  package static func optionalCells(of data: ColumnData) -> [Self?]? {
    guard let names = String.optionalCells(of: data) else { return nil }
    let cells = names.map { $0.flatMap(Self.init(rawValue:)) }
    return zip(cells, names).allSatisfy { ($0 == nil) == ($1 == nil) } ? cells : nil
  }

  package func append(to csv: inout CSVEncoder) { csv.append(rawValue) }
  package var json: JSONValue { .string(rawValue) }
}
