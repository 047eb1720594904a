/// Reads the pages of one column chunk.
struct ColumnChunkReader {
  let column: ParquetColumn
  let metadata: ColumnChunkMetadata
  let rowCount: Int64
  private var dictionary: ValueBuffer?
  private var dataPages = 0

  init(column: ParquetColumn, metadata: ColumnChunkMetadata, rowCount: Int64) {
    self.column = column
    self.metadata = metadata
    self.rowCount = rowCount
  }

  /// Decodes the chunk's bytes, checksums first, and appends its rows.
  ///
  /// Offsets in errors count from the chunk's start.
  mutating func read(_ bytes: [UInt8], into rows: inout ColumnRows) throws(ParquetError) {
    let compression = try Compression(codec: metadata.codec)
    var position = 0
    var remaining = metadata.valueCount
    let rowsBefore = rows.rowCount
    while position < bytes.count {
      let start = position
      do throws(ParquetError) {
        var headerLength = 0
        let header = try PageHeader(decoding: bytes[position...], length: &headerLength)
        position += headerLength
        let size = Int(header.compressedSize)
        guard size >= 0, header.uncompressedSize >= 0, size <= bytes.count - position else {
          throw ParquetError(.corrupt, "a page does not fit its column chunk")
        }
        guard Int(header.uncompressedSize) <= ParquetLimits.chunkBytes - rows.values.bytes.count else {
          throw Self.tooLarge
        }
        let stored = bytes[position..<position + size]
        position += size
        if let checksum = header.checksum, checksum != pageChecksum(stored) {
          throw ParquetError(.corrupt, "a page does not match its checksum")
        }
        let body = try compression.decompress(stored, size: Int(header.uncompressedSize))
        let limit = min(Int64(ParquetLimits.pageValues), header.isDictionary ? Int64(body.count) : remaining)
        guard header.valueCount >= 0, Int64(header.valueCount) <= limit else {
          throw ParquetError(.corrupt, "a page holds more values than its column chunk")
        }
        if header.isDictionary {
          try readDictionary(header, body)
        } else {
          try readData(header, body, into: &rows)
          remaining -= Int64(header.valueCount)
        }
      } catch {
        throw error.offset == nil ? error.at(Int64(start)) : error.located(base: Int64(start))
      }
    }
    let found = rows.rowCount - rowsBefore
    guard remaining == 0, found == rowCount else {
      throw ParquetError(.corrupt, "the column chunk holds \(found) rows where \(rowCount) are announced")
    }
  }

  private mutating func readDictionary(_ header: PageHeader, _ body: ArraySlice<UInt8>) throws(ParquetError) {
    guard dictionary == nil, dataPages == 0 else {
      throw ParquetError(.corrupt, "a dictionary stands behind other pages")
    }
    guard header.encoding == PageEncoding.plain.rawValue || header.encoding == PageEncoding.plainDictionary.rawValue
    else { throw unsupported(header.encoding) }
    var entries = ValueBuffer(type: column.type.physicalType)
    try PlainEncoding.decode(body, count: Int(header.valueCount), into: &entries)
    dictionary = entries
  }

  private mutating func readData(
    _ header: PageHeader, _ body: ArraySlice<UInt8>, into rows: inout ColumnRows
  ) throws(ParquetError) {
    guard header.definitionLevelEncoding == PageEncoding.rle.rawValue,
      header.repetitionLevelEncoding == PageEncoding.rle.rawValue
    else { throw ParquetError(.unsupported, "levels in an encoding other than RLE are not read") }
    let count = Int(header.valueCount)
    var values = body
    let repetition = try levels(&values, maximum: column.maximumRepetitionLevel, count: count)
    let definition = try levels(&values, maximum: column.maximumDefinitionLevel, count: count)
    guard dataPages > 0 || repetition.first ?? 0 == 0 else {
      throw ParquetError(.corrupt, "a column chunk begins inside a list")
    }
    dataPages += 1
    let present = try rows.appendLevels(repetition: repetition, definition: definition, count: count)
    switch PageEncoding(rawValue: header.encoding) {
    case .plain:
      try PlainEncoding.decode(values, count: present, into: &rows.values)
    case .rleDictionary, .plainDictionary:
      guard let dictionary else { throw ParquetError(.corrupt, "a page refers to a dictionary that is not there") }
      guard let width = values.first, width <= 32, present == 0 || dictionary.count > 0 else {
        throw ParquetError(.corrupt, "a page has no valid index width")
      }
      var indices: [UInt32] = []
      try RLEBitPackingHybrid.decode(
        values.dropFirst(), bitWidth: Int(width), count: present, maximum: dictionary.count - 1, into: &indices)
      for index in indices {
        let range = dictionary.byteRange(of: Int(index))
        // An index takes no more than a bit, its text as much as a dictionary holds.
        guard range.count <= ParquetLimits.chunkBytes - rows.values.bytes.count else { throw Self.tooLarge }
        rows.values.append(bytes: dictionary.bytes[range])
      }
    case .rle, nil:
      throw unsupported(header.encoding)
    }
  }

  private func levels(
    _ body: inout ArraySlice<UInt8>, maximum: UInt8, count: Int
  ) throws(ParquetError) -> [UInt8] {
    guard maximum > 0 else { return [] }
    guard body.count >= 4 else { throw ParquetError(.corrupt, "a page ends inside its levels") }
    let length = Int(UInt32(littleEndian: body))
    body = body.dropFirst(4)
    guard length <= body.count else { throw ParquetError(.corrupt, "a page ends inside its levels") }
    var levels: [UInt8] = []
    let width = RLEBitPackingHybrid.bitWidth(for: Int(maximum))
    try RLEBitPackingHybrid.decode(
      body.prefix(length), bitWidth: width, count: count, maximum: Int(maximum), into: &levels)
    body = body.dropFirst(length)
    return levels
  }

  private static var tooLarge: ParquetError {
    ParquetError(.unsupported, "a column chunk that unpacks to more than \(ParquetLimits.chunkBytes) bytes is not read")
  }

  private func unsupported(_ encoding: Int32) -> ParquetError {
    ParquetError(.unsupported, "encoding \(encoding) is not read, only PLAIN (0) and dictionaries (2, 8)")
  }
}

extension PageHeader {
  fileprivate var isDictionary: Bool { kind == Kind.dictionary.rawValue }
}

extension ParquetError {
  fileprivate func at(_ offset: Int64) -> ParquetError {
    var copy = self
    copy.offset = offset
    return copy
  }
}
