/// The type of a column's values.
public enum ParquetType: String, Sendable, CaseIterable {
  /// Physical INT32 annotated as a signed 8-bit integer.
  case int8
  /// Physical INT32.
  case int32
  /// Physical INT64.
  case int64
  /// Physical FLOAT, IEEE 754 binary32.
  case float
  /// Physical DOUBLE, IEEE 754 binary64.
  case double
  /// Physical BOOLEAN.
  case bool
  /// Physical BYTE_ARRAY annotated as UTF-8, by LogicalType STRING and ConvertedType UTF8.
  case string
  /// A three-level LIST of required FLOAT, its levels named `list` and `element`.
  case floatList
}

/// One column of a table.
public struct ParquetColumn: Sendable, Equatable {
  /// The column's name, unique in the schema.
  public let name: String
  /// The type of its values.
  public let type: ParquetType
  /// Whether a row may hold null.
  public let optional: Bool
  /// Whether values are stored once and referred to by index: for columns that repeat few values.
  ///
  /// Pays off by itself or is left out: a column chunk falls back to plain values when its dictionary does not
  /// save space. Has no effect on `bool` and `floatList`. Not stored in a file's schema.
  public let dictionary: Bool

  /// Describes one column.
  public init(_ name: String, _ type: ParquetType, optional: Bool = false, dictionary: Bool = false) {
    self.name = name
    self.type = type
    self.optional = optional
    self.dictionary = dictionary
  }
}

/// The columns of a table, in order.
public struct ParquetSchema: Sendable, Equatable {
  /// The columns, in the order in which they are written and appended.
  public let columns: [ParquetColumn]

  /// Makes a schema; `ParquetWriter` checks that it is not empty and its names are unique.
  public init(_ columns: [ParquetColumn]) {
    self.columns = columns
  }

  /// The position of the column called `name`, compared by UTF-8 bytes.
  public func index(of name: String) -> Int? {
    columns.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
  }

  func validate() throws(ParquetError) {
    guard !columns.isEmpty else { throw ParquetError(.invalidSchema, "a table needs at least one column") }
    var names = Set<[UInt8]>()
    for column in columns {
      guard !column.name.isEmpty else { throw ParquetError(.invalidSchema, "a column has an empty name") }
      guard names.insert(Array(column.name.utf8)).inserted else {
        throw ParquetError(.invalidSchema, "two columns have this name", column: column.name)
      }
    }
  }
}

extension ParquetColumn {
  /// The level at which a value is present; below it the row is null or the list is empty.
  var maximumDefinitionLevel: UInt8 { (optional ? 1 : 0) + (type == .floatList ? 1 : 0) }

  /// 1 for lists, 0 for flat columns.
  var maximumRepetitionLevel: UInt8 { type == .floatList ? 1 : 0 }

  /// The names from below the root down to the leaf that holds the values.
  var path: [String] { type == .floatList ? [name, "list", "element"] : [name] }
}
