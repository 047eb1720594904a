/// Turns the buffered rows of one column into the pages of a column chunk.
struct ColumnChunkWriter {
  /// A page ends at the first row at which it has one of these.
  static let pageRows = 20_000
  static let pageBytes = 1 << 20
  /// A dictionary that would grow beyond this stops; the pages after it are PLAIN.
  static let dictionaryBytes = 1 << 20

  private let compressor: PageCompressor
  private var pages: [UInt8] = []
  private var uncompressedSize: Int64 = 0
  private var dictionaryPages: Int32 = 0
  private var plainPages: Int32 = 0

  /// A chunk's bytes, and its description with offsets counted from the chunk's own start.
  struct Chunk {
    var bytes: [UInt8]
    var metadata: ColumnChunkMetadata
  }

  private init(compressor: PageCompressor) {
    self.compressor = compressor
  }

  static func encode(
    _ buffer: ColumnBuffer, compression: Compression, compressor: PageCompressor
  ) throws(ParquetError) -> Chunk {
    var writer = ColumnChunkWriter(compressor: compressor)
    let dictionary = try writer.writeDataPages(buffer)
    var header: [UInt8] = []
    if let dictionary {
      var page: [UInt8] = []
      PlainEncoding.encode(dictionary.entries, 0..<dictionary.entries.count, into: &page)
      let dataPages = writer.pages
      writer.pages = []
      try writer.writePage(page, kind: .dictionary, encoding: .plain, valueCount: dictionary.entries.count)
      header = writer.pages
      writer.pages = dataPages
    }
    return writer.finish(buffer, dictionaryPage: header, compression: compression)
  }

  private func finish(_ buffer: ColumnBuffer, dictionaryPage: [UInt8], compression: Compression) -> Chunk {
    var encodings: [PageEncoding] = []
    var counts: [PageEncodingCount] = []
    func note(_ kind: PageHeader.Kind, _ encoding: PageEncoding, _ count: Int32) {
      guard count > 0 else { return }
      if !encodings.contains(encoding) { encodings.append(encoding) }
      counts.append(PageEncodingCount(pageType: kind.rawValue, encoding: encoding.rawValue, count: count))
    }
    note(.dictionary, .plain, dictionaryPage.isEmpty ? 0 : 1)
    note(.data, .rleDictionary, dictionaryPages)
    note(.data, .plain, plainPages)
    if buffer.column.maximumDefinitionLevel > 0 { encodings.append(.rle) }
    let bytes = dictionaryPage + pages
    let metadata = ColumnChunkMetadata(
      physicalType: buffer.column.type.physicalType.rawValue,
      encodings: encodings.map(\.rawValue),
      path: buffer.column.path,
      codec: compression.codec,
      valueCount: Int64(buffer.levelCount),
      totalUncompressedSize: uncompressedSize,
      totalCompressedSize: Int64(bytes.count),
      dataPageOffset: Int64(dictionaryPage.count),
      dictionaryPageOffset: dictionaryPage.isEmpty ? nil : 0,
      statistics: buffer.statistics.finish(),
      pageEncodings: counts)
    return Chunk(bytes: bytes, metadata: metadata)
  }

  /// Returns the dictionary that the pages refer to, if they do.
  private mutating func writeDataPages(_ buffer: ColumnBuffer) throws(ParquetError) -> DictionaryEncoder? {
    let type = buffer.column.type
    var dictionary: DictionaryEncoder?
    if buffer.column.dictionary, type != .bool, type != .floatList {
      dictionary = DictionaryEncoder(type: type.physicalType)
    }
    var isGrowing = dictionary != nil
    for page in PageBoundaries(buffer, maximumRows: Self.pageRows, maximumBytes: Self.pageBytes) {
      var body: [UInt8] = []
      appendLevels(buffer, page.levels, into: &body)
      var encoding = PageEncoding.plain
      if isGrowing, dictionary != nil {
        let isFirst = dictionaryPages == 0
        if let indices = Self.indices(of: buffer.values, page.values, in: &dictionary, isFirst: isFirst) {
          body.append(contentsOf: indices)
          encoding = .rleDictionary
        } else {
          isGrowing = false
        }
      }
      if encoding == .plain { PlainEncoding.encode(buffer.values, page.values, into: &body) }
      try writePage(body, kind: .data, encoding: encoding, valueCount: page.levels.count)
      if encoding == .plain { plainPages += 1 } else { dictionaryPages += 1 }
    }
    guard dictionaryPages > 0 else { return nil }
    return dictionary
  }

  /// The indices of a page's values, or nil, the dictionary as before, when it is full or does not save space.
  private static func indices(
    of values: ValueBuffer, _ range: Range<Int>, in dictionary: inout DictionaryEncoder?, isFirst: Bool
  ) -> [UInt8]? {
    guard var encoder = dictionary, !range.isEmpty || !isFirst else { return nil }
    // Taken out while it grows, so that its arrays are not copied.
    dictionary = nil
    defer { dictionary = encoder }
    let before = encoder.entries.count
    var indices: [UInt32] = []
    indices.reserveCapacity(range.count)
    var plainSize = 0
    for index in range {
      indices.append(encoder.index(of: values.bytes[values.byteRange(of: index)]))
      plainSize += values.plainSize(of: index)
      if encoder.plainSize > dictionaryBytes {
        encoder.truncate(to: before)
        return nil
      }
    }
    // One bit at least: some readers refuse a width of 0.
    let bitWidth = max(1, RLEBitPackingHybrid.bitWidth(for: max(0, encoder.entries.count - 1)))
    var encoded = [UInt8(bitWidth)]
    RLEBitPackingHybrid.encode(indices[...], bitWidth: bitWidth, into: &encoded)
    if isFirst, encoder.plainSize + encoded.count >= plainSize {
      encoder.truncate(to: before)
      return nil
    }
    return encoded
  }

  /// Repetition levels, then definition levels, each with its length in 4 bytes before it.
  private func appendLevels(_ buffer: ColumnBuffer, _ levels: Range<Int>, into body: inout [UInt8]) {
    func append(_ all: [UInt8], maximum: UInt8) {
      guard maximum > 0 else { return }
      var runs: [UInt8] = []
      RLEBitPackingHybrid.encode(all[levels], bitWidth: RLEBitPackingHybrid.bitWidth(for: Int(maximum)), into: &runs)
      body.appendLittleEndian(UInt32(runs.count))
      body.append(contentsOf: runs)
    }
    append(buffer.repetitionLevels, maximum: buffer.column.maximumRepetitionLevel)
    append(buffer.definitionLevels, maximum: buffer.column.maximumDefinitionLevel)
  }

  private mutating func writePage(
    _ body: [UInt8], kind: PageHeader.Kind, encoding: PageEncoding, valueCount: Int
  ) throws(ParquetError) {
    let compressed = try compressor.compress(body)
    guard let size = Int32(exactly: body.count), let compressedSize = Int32(exactly: compressed.count),
      valueCount <= ParquetLimits.pageValues
    else { throw ParquetError(.invalidColumns, "one row's value is too large for a page") }
    let header = PageHeader(
      kind: kind.rawValue, uncompressedSize: size, compressedSize: compressedSize,
      checksum: pageChecksum(compressed[...]), valueCount: Int32(valueCount), encoding: encoding.rawValue
    ).encoded()
    pages.append(contentsOf: header)
    pages.append(contentsOf: compressed)
    uncompressedSize += Int64(header.count + body.count)
  }
}
