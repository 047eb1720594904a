/// The values of one column over some rows.
///
/// Equality is exact: strings by UTF-8 bytes, floating point by bit pattern (so NaN equals itself and -0 is not 0).
public enum ColumnData: Sendable {
  case int8([Int8])
  case int32([Int32])
  case int64([Int64])
  case float([Float])
  case double([Double])
  case bool([Bool])
  case string([String])
  case floatList([[Float]])
  case optionalInt8([Int8?])
  case optionalInt32([Int32?])
  case optionalInt64([Int64?])
  case optionalFloat([Float?])
  case optionalDouble([Double?])
  case optionalBool([Bool?])
  case optionalString([String?])
  case optionalFloatList([[Float]?])

  /// The number of rows.
  public var count: Int {
    switch self {
    case .int8(let values): values.count
    case .int32(let values): values.count
    case .int64(let values): values.count
    case .float(let values): values.count
    case .double(let values): values.count
    case .bool(let values): values.count
    case .string(let values): values.count
    case .floatList(let values): values.count
    case .optionalInt8(let values): values.count
    case .optionalInt32(let values): values.count
    case .optionalInt64(let values): values.count
    case .optionalFloat(let values): values.count
    case .optionalDouble(let values): values.count
    case .optionalBool(let values): values.count
    case .optionalString(let values): values.count
    case .optionalFloatList(let values): values.count
    }
  }

  /// The type of the values.
  public var type: ParquetType {
    switch self {
    case .int8, .optionalInt8: .int8
    case .int32, .optionalInt32: .int32
    case .int64, .optionalInt64: .int64
    case .float, .optionalFloat: .float
    case .double, .optionalDouble: .double
    case .bool, .optionalBool: .bool
    case .string, .optionalString: .string
    case .floatList, .optionalFloatList: .floatList
    }
  }

  /// Whether the rows may hold nulls.
  public var isOptional: Bool {
    switch self {
    case .int8, .int32, .int64, .float, .double, .bool, .string, .floatList: false
    case .optionalInt8, .optionalInt32, .optionalInt64, .optionalFloat, .optionalDouble, .optionalBool,
      .optionalString, .optionalFloatList:
      true
    }
  }
}

extension ColumnData: Equatable {
  public static func == (left: ColumnData, right: ColumnData) -> Bool {
    switch (left, right) {
    case (.int8(let a), .int8(let b)): a == b
    case (.int32(let a), .int32(let b)): a == b
    case (.int64(let a), .int64(let b)): a == b
    case (.float(let a), .float(let b)): a.map(\.bitPattern) == b.map(\.bitPattern)
    case (.double(let a), .double(let b)): a.map(\.bitPattern) == b.map(\.bitPattern)
    case (.bool(let a), .bool(let b)): a == b
    case (.string(let a), .string(let b)): a.elementsEqual(b) { $0.utf8.elementsEqual($1.utf8) }
    case (.floatList(let a), .floatList(let b)): a.map { $0.map(\.bitPattern) } == b.map { $0.map(\.bitPattern) }
    case (.optionalInt8(let a), .optionalInt8(let b)): a == b
    case (.optionalInt32(let a), .optionalInt32(let b)): a == b
    case (.optionalInt64(let a), .optionalInt64(let b)): a == b
    case (.optionalFloat(let a), .optionalFloat(let b)): a.map(\.?.bitPattern) == b.map(\.?.bitPattern)
    case (.optionalDouble(let a), .optionalDouble(let b)): a.map(\.?.bitPattern) == b.map(\.?.bitPattern)
    case (.optionalBool(let a), .optionalBool(let b)): a == b
    case (.optionalString(let a), .optionalString(let b)):
      a.map { $0.map { Array($0.utf8) } } == b.map { $0.map { Array($0.utf8) } }
    case (.optionalFloatList(let a), .optionalFloatList(let b)):
      a.map { $0?.map(\.bitPattern) } == b.map { $0?.map(\.bitPattern) }
    default: false
    }
  }
}
