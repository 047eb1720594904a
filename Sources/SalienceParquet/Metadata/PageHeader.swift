/// What stands before each page in a file: a Thrift structure.
struct PageHeader {
  /// `PageType` in parquet.thrift, the kinds used here.
  enum Kind: Int32 {
    case data = 0
    case dictionary = 2
  }

  var kind: Int32
  var uncompressedSize: Int32
  var compressedSize: Int32
  var checksum: Int32?
  /// Values, nulls and empty lists included.
  var valueCount: Int32
  var encoding: Int32
  var definitionLevelEncoding: Int32 = PageEncoding.rle.rawValue
  var repetitionLevelEncoding: Int32 = PageEncoding.rle.rawValue

  func encoded() -> [UInt8] {
    var writer = ThriftCompactWriter()
    writer.structure { page in
      page.field(1, i32: kind)
      page.field(2, i32: uncompressedSize)
      page.field(3, i32: compressedSize)
      if let checksum { page.field(4, i32: checksum) }
      if kind == Kind.data.rawValue {
        page.field(5) { data in
          data.field(1, i32: valueCount)
          data.field(2, i32: encoding)
          data.field(3, i32: definitionLevelEncoding)
          data.field(4, i32: repetitionLevelEncoding)
        }
      } else {
        page.field(7) { dictionary in
          dictionary.field(1, i32: valueCount)
          dictionary.field(2, i32: encoding)
          dictionary.field(3, bool: false)
        }
      }
    }
    return writer.bytes
  }
}
