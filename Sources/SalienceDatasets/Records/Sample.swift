/// The beginning of a file, from which is told how it is written.
struct Sample {
  /// Bytes that are looked at, after decompression.
  static let size = 1 << 20

  /// Without a byte order mark.
  let bytes: [UInt8]
  /// Whether that is the whole file.
  let isWhole: Bool

  init(bytes: [UInt8], isWhole: Bool) {
    self.bytes = bytes
    self.isWhole = isWhole
  }

  /// Reads the beginning of a stream; damage ends the sample, and is told when reading gets there.
  ///
  /// - Throws: `DatasetError`: `unsupported` where the file is UTF-16, `damaged` where not one byte can be read.
  init(_ stream: any ByteStream, file: String) throws {
    var bytes: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { chunk.deallocate() }
    var isWhole = false
    do {
      while bytes.count < Self.size, !isWhole {
        let count = try stream.read(into: chunk)
        bytes.append(contentsOf: chunk[..<count])
        isWhole = count == 0
      }
    } catch let error as DatasetError where error.code == .damaged {
      if bytes.isEmpty { throw error }
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw DatasetError(.unsupported, "UTF-16 text is not supported, only UTF-8", file: file)
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    self.bytes = bytes
    self.isWhole = isWhole
  }

  /// A window on the sample alone, which holds all of it once it is filled.
  func buffer(file: String) -> RecordBuffer {
    RecordBuffer(SampleStream(bytes), file: file, chunkSize: bytes.count + 1)
  }

  /// The first line that is not blank, for messages: at most 120 characters, with tabs and controls escaped.
  var firstLine: String {
    let line = bytes.drop { $0 <= 0x20 && $0 != 0x09 }.prefix { $0 != 0x0A && $0 != 0x0D }
    let text = String(decoding: line.prefix(480), as: UTF8.self)
    let shown = text.prefix(120)
    return shown.unicodeScalars.map { scalar in
      switch scalar {
      case "\t": "\\t"
      case _ where scalar.properties.generalCategory == .control: "\u{FFFD}"
      default: String(scalar)
      }
    }.joined() + (shown.count < text.count || text.utf8.count < line.count ? "…" : "")
  }
}

/// Bytes in memory.
private final class SampleStream: ByteStream {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, rest.count)
    buffer.copyBytes(from: rest.prefix(count))
    rest = rest.dropFirst(count)
    return count
  }
}
