extension FileMetadata {
  /// The footer's bytes, without length and magic number.
  func encoded() -> [UInt8] {
    var writer = ThriftCompactWriter()
    writer.structure { file in
      file.field(1, i32: 2)
      file.field(2, list: schema, of: .structure) { $1.write(to: &$0) }
      file.field(3, i64: rowCount)
      file.field(4, list: Array(rowGroups.enumerated()), of: .structure) { list, group in
        group.element.write(to: &list, ordinal: group.offset)
      }
      if !keyValues.isEmpty {
        file.field(5, list: keyValues, of: .structure) { list, pair in
          list.structure { entry in
            entry.field(1, string: pair.key)
            if let value = pair.value { entry.field(2, string: value) }
          }
        }
      }
      if let createdBy { file.field(6, string: createdBy) }
      // TypeDefinedOrder for every leaf: without it readers must ignore min_value and max_value.
      let leaves = schema.filter { $0.physicalType != nil }
      file.field(7, list: leaves, of: .structure) { list, _ in
        list.structure { order in order.field(1) { _ in } }
      }
    }
    return writer.bytes
  }
}

extension SchemaElement {
  fileprivate func write(to writer: inout ThriftCompactWriter) {
    writer.structure { element in
      if let physicalType { element.field(1, i32: physicalType) }
      if let repetition { element.field(3, i32: repetition.rawValue) }
      element.field(4, string: name)
      if let childCount { element.field(5, i32: childCount) }
      if let convertedType { element.field(6, i32: convertedType) }
      switch logicalType {
      case .string: element.field(10) { $0.field(1) { _ in } }
      case .list: element.field(10) { $0.field(3) { _ in } }
      case .integer(let bitWidth, let isSigned):
        element.field(10) { union in
          union.field(10) { integer in
            integer.field(1, byte: bitWidth)
            integer.field(2, bool: isSigned)
          }
        }
      case .other, nil: break
      }
    }
  }
}

extension RowGroupMetadata {
  fileprivate func write(to writer: inout ThriftCompactWriter, ordinal: Int) {
    writer.structure { group in
      group.field(1, list: columns, of: .structure) { $1.write(to: &$0) }
      group.field(2, i64: totalByteSize)
      group.field(3, i64: rowCount)
      if let first = columns.first { group.field(5, i64: first.firstPageOffset) }
      group.field(6, i64: columns.reduce(0) { $0 + $1.totalCompressedSize })
      // The ordinal has 16 bits and is optional: absent beyond them.
      if let short = Int16(exactly: ordinal) { group.field(7, i16: short) }
    }
  }
}

extension ColumnChunkMetadata {
  fileprivate func write(to writer: inout ThriftCompactWriter) {
    writer.structure { chunk in
      // file_offset: 0, because the column's metadata is in the footer alone.
      chunk.field(2, i64: 0)
      chunk.field(3) { column in
        column.field(1, i32: physicalType)
        column.field(2, list: encodings, of: .i32) { $0.zigzag(Int64($1)) }
        column.field(3, list: path, of: .binary) { $0.binary(Array($1.utf8)) }
        column.field(4, i32: codec)
        column.field(5, i64: valueCount)
        column.field(6, i64: totalUncompressedSize)
        column.field(7, i64: totalCompressedSize)
        column.field(9, i64: dataPageOffset)
        if let dictionaryPageOffset { column.field(11, i64: dictionaryPageOffset) }
        if let statistics { column.field(12) { statistics.writeFields(to: &$0) } }
        column.field(13, list: pageEncodings, of: .structure) { list, entry in
          list.structure { count in
            count.field(1, i32: entry.pageType)
            count.field(2, i32: entry.encoding)
            count.field(3, i32: entry.count)
          }
        }
      }
    }
  }
}

extension ColumnStatistics {
  fileprivate func writeFields(to writer: inout ThriftCompactWriter) {
    // Fields 1 and 2 (min, max without a defined order) are deprecated and left out.
    if let nullCount { writer.field(3, i64: nullCount) }
    if let maximum { writer.field(5, binary: maximum.bytes) }
    if let minimum { writer.field(6, binary: minimum.bytes) }
    if let maximum { writer.field(7, bool: maximum.isExact) }
    if let minimum { writer.field(8, bool: minimum.isExact) }
  }
}
