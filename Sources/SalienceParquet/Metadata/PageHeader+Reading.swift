extension PageHeader {
  /// Decodes the header at the start of `bytes`; `length` receives its own size.
  init(decoding bytes: ArraySlice<UInt8>, length: inout Int) throws(ParquetError) {
    var reader = ThriftCompactReader(bytes)
    var kind: Int32?
    var uncompressed: Int32?
    var compressed: Int32?
    var checksum: Int32?
    var data: (Int32?, Int32?, Int32?, Int32?) = (nil, nil, nil, nil)
    try reader.structure { reader, id, type throws(ParquetError) in
      switch id {
      case 1: kind = try reader.i32(type)
      case 2: uncompressed = try reader.i32(type)
      case 3: compressed = try reader.i32(type)
      case 4: checksum = try reader.i32(type)
      case 5 where type == .structure, 7 where type == .structure:
        try reader.structure { reader, id, type throws(ParquetError) in
          switch (id, type) {
          case (1, .i32): data.0 = try reader.i32(type)
          case (2, .i32): data.1 = try reader.i32(type)
          case (3, .i32): data.2 = try reader.i32(type)
          case (4, .i32): data.3 = try reader.i32(type)
          default: try reader.skip(type)
          }
        }
      default: try reader.skip(type)
      }
    }
    length = reader.position
    let known = try present(kind, "a page's type")
    guard let kindHere = Kind(rawValue: known) else {
      throw ParquetError(.unsupported, "pages of type \(known) are not read, only v1 data pages and dictionaries")
    }
    self.init(
      kind: known, uncompressedSize: try present(uncompressed, "uncompressed_page_size"),
      compressedSize: try present(compressed, "compressed_page_size"), checksum: checksum,
      valueCount: try present(data.0, "a page's num_values"), encoding: try present(data.1, "a page's encoding"))
    if kindHere == .data {
      definitionLevelEncoding = try present(data.2, "definition_level_encoding")
      repetitionLevelEncoding = try present(data.3, "repetition_level_encoding")
    }
  }
}
