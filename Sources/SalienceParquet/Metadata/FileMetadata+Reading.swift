extension FileMetadata {
  /// Decodes a footer; required fields that are absent make it corrupt.
  init(decoding bytes: ArraySlice<UInt8>) throws(ParquetError) {
    var reader = ThriftCompactReader(bytes)
    var schema: [SchemaElement]?
    var rowCount: Int64?
    var rowGroups: [RowGroupMetadata]?
    var keyValues: [(key: String, value: String?)] = []
    var createdBy: String?
    try reader.structure { reader, id, type throws(ParquetError) in
      switch id {
      case 2: schema = try reader.list(type, of: .structure) { r throws(ParquetError) in try SchemaElement(&r) }
      case 3: rowCount = try reader.i64(type)
      case 4: rowGroups = try reader.list(type, of: .structure) { r throws(ParquetError) in try RowGroupMetadata(&r) }
      case 5: keyValues = try reader.list(type, of: .structure) { r throws(ParquetError) in try Self.keyValue(&r) }
      case 6: createdBy = try reader.string(type)
      default: try reader.skip(type)
      }
    }
    self.init(
      schema: try present(schema, "schema"), rowCount: try present(rowCount, "num_rows"),
      rowGroups: try present(rowGroups, "row_groups"), keyValues: keyValues, createdBy: createdBy)
  }

  private static func keyValue(_ reader: inout ThriftCompactReader) throws(ParquetError) -> (String, String?) {
    var key: String?
    var value: String?
    try reader.structure { reader, id, type throws(ParquetError) in
      switch id {
      case 1: key = try reader.string(type)
      case 2: value = try reader.string(type)
      default: try reader.skip(type)
      }
    }
    return (try present(key, "key"), value)
  }
}

/// The value of a field that the format requires.
func present<Value>(_ value: Value?, _ name: String) throws(ParquetError) -> Value {
  guard let value else { throw ParquetError(.corrupt, "metadata lacks \(name)") }
  return value
}

extension SchemaElement {
  fileprivate init(_ reader: inout ThriftCompactReader) throws(ParquetError) {
    var element = SchemaElement(name: "")
    var name: String?
    try reader.structure { reader, id, type throws(ParquetError) in
      switch id {
      case 1: element.physicalType = try reader.i32(type)
      case 3:
        guard let repetition = Repetition(rawValue: try reader.i32(type)) else {
          throw ParquetError(.corrupt, "a schema element has an unknown repetition")
        }
        element.repetition = repetition
      case 4: name = try reader.string(type)
      case 5: element.childCount = try reader.i32(type)
      case 6: element.convertedType = try reader.i32(type)
      case 10: element.logicalType = try Self.logicalType(&reader, type)
      default: try reader.skip(type)
      }
    }
    element.name = try present(name, "a schema element's name")
    self = element
  }

  private static func logicalType(
    _ reader: inout ThriftCompactReader, _ type: ThriftCompactReader.WireType
  ) throws(ParquetError) -> LogicalType {
    var result = LogicalType.other
    guard type == .structure else { throw ParquetError(.corrupt, "a logical type is no structure") }
    try reader.structure { reader, id, type throws(ParquetError) in
      guard id == 10, type == .structure else {
        if id == 1 { result = .string }
        if id == 3 { result = .list }
        return try reader.skip(type)
      }
      var bitWidth: Int8 = 0
      var isSigned = false
      try reader.structure { reader, id, type throws(ParquetError) in
        switch id {
        case 1: bitWidth = try reader.byte(type)
        case 2: isSigned = try reader.bool(type)
        default: try reader.skip(type)
        }
      }
      result = .integer(bitWidth: bitWidth, isSigned: isSigned)
    }
    return result
  }
}

extension RowGroupMetadata {
  fileprivate init(_ reader: inout ThriftCompactReader) throws(ParquetError) {
    var columns: [ColumnChunkMetadata]?
    var rowCount: Int64?
    var totalByteSize: Int64?
    try reader.structure { reader, id, type throws(ParquetError) in
      switch id {
      case 1: columns = try reader.list(type, of: .structure) { r throws(ParquetError) in try ColumnChunkMetadata(&r) }
      case 2: totalByteSize = try reader.i64(type)
      case 3: rowCount = try reader.i64(type)
      default: try reader.skip(type)
      }
    }
    self.init(
      columns: try present(columns, "columns"), rowCount: try present(rowCount, "a row group's num_rows"),
      totalByteSize: try present(totalByteSize, "total_byte_size"))
  }
}

extension ColumnChunkMetadata {
  fileprivate init(_ reader: inout ThriftCompactReader) throws(ParquetError) {
    var metadata: ColumnChunkMetadata?
    try reader.structure { reader, id, type throws(ParquetError) in
      switch id {
      case 1: throw ParquetError(.unsupported, "a column chunk in another file is not read")
      case 3 where type == .structure: metadata = try ColumnChunkMetadata(fields: &reader)
      default: try reader.skip(type)
      }
    }
    self = try present(metadata, "a column's meta_data")
  }

  private init(fields reader: inout ThriftCompactReader) throws(ParquetError) {
    var physicalType: Int32?
    var path: [String]?
    var codec: Int32?
    var valueCount: Int64?
    var uncompressed: Int64?
    var compressed: Int64?
    var dataOffset: Int64?
    var dictionaryOffset: Int64?
    var statistics: ColumnStatistics?
    try reader.structure { reader, id, type throws(ParquetError) in
      switch id {
      case 1: physicalType = try reader.i32(type)
      case 3: path = try reader.list(type, of: .binary) { r throws(ParquetError) in try r.string(.binary) }
      case 4: codec = try reader.i32(type)
      case 5: valueCount = try reader.i64(type)
      case 6: uncompressed = try reader.i64(type)
      case 7: compressed = try reader.i64(type)
      case 9: dataOffset = try reader.i64(type)
      case 11: dictionaryOffset = try reader.i64(type)
      case 12 where type == .structure: statistics = try ColumnStatistics(fields: &reader)
      default: try reader.skip(type)
      }
    }
    self.init(
      physicalType: try present(physicalType, "a column's type"), encodings: [],
      path: try present(path, "path_in_schema"), codec: try present(codec, "codec"),
      valueCount: try present(valueCount, "num_values"),
      totalUncompressedSize: try present(uncompressed, "total_uncompressed_size"),
      totalCompressedSize: try present(compressed, "total_compressed_size"),
      dataPageOffset: try present(dataOffset, "data_page_offset"), dictionaryPageOffset: dictionaryOffset,
      statistics: statistics, pageEncodings: [])
  }
}

extension ColumnStatistics {
  fileprivate init(fields reader: inout ThriftCompactReader) throws(ParquetError) {
    var nulls: Int64?
    try reader.structure { reader, id, type throws(ParquetError) in
      switch id {
      case 3: nulls = try reader.i64(type)
      default: try reader.skip(type)
      }
    }
    self.init(nullCount: nulls)
  }
}
