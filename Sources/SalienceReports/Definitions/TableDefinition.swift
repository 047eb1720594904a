import SalienceJSON
import SalienceParquet

/// A table, stated once: what its columns are called and hold, and what they mean.
///
/// Everything that knows a table's columns takes them from here: the Parquet files and their reader, CSV, JSON and the
/// reference pages.
///
/// ```swift
/// struct PaceRow: TableRow {
///   var model = ""
///   var seconds = 0.0
///   static let table = TableDefinition<PaceRow>("pace", doc: "One row per model.") {
///     Column("model", \.model, dictionary: true, doc: "The model's name.")
///     Column("seconds", \.seconds, doc: "What it took.")
///   }
/// }
/// ```
public struct TableDefinition<Row: Sendable>: Sendable {
  /// The name of the table's folder, or of its files.
  public let name: String
  /// What a row stands for, in a sentence or two.
  public let doc: String
  /// The columns, in the order in which they are written.
  public let columns: [Column<Row>]

  /// Makes a table of the columns that the closure lists.
  public init(_ name: String, doc: String, @ColumnList<Row> columns: () -> [Column<Row>]) {
    self.init(name, doc: doc, columns: columns())
  }

  private init(_ name: String, doc: String, columns: [Column<Row>]) {
    self.name = name
    self.doc = doc
    self.columns = columns
  }

  /// The same table with further columns behind its own.
  public func adding(_ further: [Column<Row>]) -> TableDefinition {
    TableDefinition(name, doc: doc, columns: columns + further)
  }

  /// The columns as a Parquet file has them.
  public var schema: ParquetSchema { ParquetSchema(columns.map(\.parquet)) }

  /// The columns of these names, in the order given.
  func columns(_ names: [String]) -> [Column<Row>] { names.compactMap { name in columns.first { $0.name == name } } }

  /// The row as members of a JSON object, named like the columns, in their order.
  ///
  /// - Parameter omitted: names of columns that are left out.
  func json(of row: Row, without omitted: Set<String> = []) -> [JSONMember] {
    withUnsafePointer(to: row) { row in
      columns.filter { !omitted.contains($0.name) }.map { JSONMember(name: $0.name, value: $0.json(row)) }
    }
  }
}

/// A type whose values are the rows of one table.
public protocol TableRow: Sendable {
  /// The definition of the table.
  static var table: TableDefinition<Self> { get }
  /// A row whose properties a reader then sets; those of columns that are not read keep these values.
  init()
}

/// Lists the columns of a table: single ones, and those that several tables share.
@resultBuilder
public enum ColumnList<Row: Sendable> {
  public static func buildExpression(_ column: Column<Row>) -> [Column<Row>] { [column] }
  public static func buildExpression(_ columns: [Column<Row>]) -> [Column<Row>] { columns }
  public static func buildBlock(_ columns: [Column<Row>]...) -> [Column<Row>] { columns.flatMap { $0 } }
}
