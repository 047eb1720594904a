import SalienceJSON
import SalienceParquet

/// One column of a table: its name and type, its meaning, and the property of a row that it holds.
public struct Column<Row: Sendable>: Sendable {
  typealias Write = @Sendable (UnsafePointer<Row>, inout CSVEncoder) -> Void

  /// Name, type, nullability and dictionary encoding.
  public let parquet: ParquetColumn
  /// What the cells mean, in a sentence or two of Markdown.
  public let doc: String
  /// Whether tables of earlier versions lack the column; its cells are then null.
  let isLater: Bool
  /// Appends the cells of some rows to the column of a Parquet file; the pointer is to row 0.
  let store: @Sendable (UnsafePointer<Row>, Range<Int>, inout ColumnBuffer) -> Void
  /// Sets the property of each row to its cell; nil where the column cannot be read back.
  ///
  /// False where the cells have another type.
  let read: (@Sendable (ColumnData, inout [Row]) -> Bool)?
  /// Writes a row's cell.
  let write: Write
  /// A row's value as JSON.
  let json: @Sendable (UnsafePointer<Row>) -> JSONValue

  public var name: String { parquet.name }

  /// A column that holds a stored property of the row.
  ///
  /// - Parameters:
  ///   - dictionary: whether values repeat, and are stored once.
  ///   - isLater: whether tables of earlier versions lack the column; for optional properties.
  ///   - doc: what the cells mean.
  package init<Value: Cell>(
    _ name: String, _ path: WritableKeyPath<Row, Value>, dictionary: Bool = false, isLater: Bool = false, doc: String
  ) {
    let property = StoredProperty(path)
    parquet = ParquetColumn(name, Value.columnType, optional: Value.isNullable, dictionary: dictionary)
    self.doc = doc
    self.isLater = isLater
    store = { first, rows, column in Value.append(rows, to: &column) { property.value(of: first + $0) } }
    read = { data, rows in
      guard let values = Value.cells(of: data) else { return false }
      property.set(values, in: &rows)
      return true
    }
    write = { property.value(of: $0).append(to: &$1) }
    json = { property.value(of: $0).json }
  }

  /// A column that holds what is computed from a row; it is not read back.
  package init<Value: Cell>(
    _ name: String, dictionary: Bool = false, doc: String, value: @escaping @Sendable (Row) -> Value
  ) {
    parquet = ParquetColumn(name, Value.columnType, optional: Value.isNullable, dictionary: dictionary)
    self.doc = doc
    isLater = false
    store = { first, rows, column in Value.append(rows, to: &column) { value(first[$0]) } }
    read = nil
    write = { value($0.pointee).append(to: &$1) }
    json = { value($0.pointee).json }
  }

  /// A column of single precision that holds a property of double precision, of which JSON has all digits.
  package init(_ name: String, float path: WritableKeyPath<Row, Double>, doc: String) {
    self.init(name, StoredProperty(path), doc: doc, narrowed: { Float($0) }, widened: { Double($0) })
  }

  /// A column of single precision that holds a property of double precision or null.
  package init(_ name: String, float path: WritableKeyPath<Row, Double?>, doc: String) {
    self.init(
      name, StoredProperty(path), doc: doc, narrowed: { $0.map { Float($0) } }, widened: { $0.map { Double($0) } })
  }

  private init<Property: Cell, Value: Cell>(
    _ name: String, _ property: StoredProperty<Row, Property>, doc: String,
    narrowed: @escaping @Sendable (Property) -> Value, widened: @escaping @Sendable (Value) -> Property
  ) {
    parquet = ParquetColumn(name, Value.columnType, optional: Value.isNullable)
    self.doc = doc
    isLater = false
    store = { first, rows, column in Value.append(rows, to: &column) { narrowed(property.value(of: first + $0)) } }
    read = { data, rows in
      guard let values = Value.cells(of: data) else { return false }
      property.set(values.map(widened), in: &rows)
      return true
    }
    write = { narrowed(property.value(of: $0)).append(to: &$1) }
    json = { property.value(of: $0).json }
  }
}
