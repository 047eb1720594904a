/// Parquet's footer, as far as this library writes and reads it.
///
/// Field names and numbers: Apache Parquet, `parquet.thrift`.
struct FileMetadata {
  var schema: [SchemaElement]
  var rowCount: Int64
  var rowGroups: [RowGroupMetadata]
  var keyValues: [(key: String, value: String?)]
  var createdBy: String?
}

/// One node of the schema tree, which the footer holds in depth-first order.
struct SchemaElement: Equatable {
  enum Repetition: Int32 {
    case required = 0
    case optional = 1
    case repeated = 2
  }

  enum LogicalType: Equatable {
    case string
    case list
    case integer(bitWidth: Int8, isSigned: Bool)
    case other
  }

  var physicalType: Int32?
  var repetition: Repetition?
  var name: String
  var childCount: Int32?
  var convertedType: Int32?
  var logicalType: LogicalType?
}

/// Rows that are stored together, one chunk a column.
struct RowGroupMetadata {
  var columns: [ColumnChunkMetadata]
  var rowCount: Int64
  /// Uncompressed, page headers included.
  var totalByteSize: Int64
}

/// Where one column of a row group lies and what it holds.
struct ColumnChunkMetadata {
  var physicalType: Int32
  var encodings: [Int32]
  var path: [String]
  var codec: Int32
  /// Nulls and empty lists included.
  var valueCount: Int64
  var totalUncompressedSize: Int64
  var totalCompressedSize: Int64
  var dataPageOffset: Int64
  var dictionaryPageOffset: Int64?
  var statistics: ColumnStatistics?
  var pageEncodings: [PageEncodingCount]

  /// The offset of the chunk's first page.
  var firstPageOffset: Int64 { min(dataPageOffset, dictionaryPageOffset ?? dataPageOffset) }
}

/// How many pages of a chunk use an encoding.
struct PageEncodingCount {
  var pageType: Int32
  var encoding: Int32
  var count: Int32
}

/// `Type` in parquet.thrift.
enum PhysicalType: Int32 {
  case boolean = 0
  case int32 = 1
  case int64 = 2
  case float = 4
  case double = 5
  case byteArray = 6
}

/// `ConvertedType` in parquet.thrift, the values used here.
enum ConvertedType: Int32 {
  case utf8 = 0
  case list = 3
  case int8 = 15
}

/// `Encoding` in parquet.thrift, the values used here.
enum PageEncoding: Int32 {
  case plain = 0
  case plainDictionary = 2
  case rle = 3
  case rleDictionary = 8
}

extension ParquetType {
  /// The type of the leaf's stored values.
  var physicalType: PhysicalType {
    switch self {
    case .int8, .int32: .int32
    case .int64: .int64
    case .float, .floatList: .float
    case .double: .double
    case .bool: .boolean
    case .string: .byteArray
    }
  }
}
