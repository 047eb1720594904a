import SalienceFoundation
import SalienceTokenizers

extension LoggedRow {
  /// Writes an encoding as a window of the input and the tokens behind it, those that a model wrote; or as a whole,
  /// where it is none of the windows.
  static func append(_ encoding: Encoding, of windows: [Encoding], to writer: inout BinaryWriter) {
    let index = windows.indices.last { encoding.begins(with: windows[$0]) }
    let shared = index.map { windows[$0].count } ?? 0
    writer.append(index) { writer, index in
      writer.append(index)
      writer.append(checksum(of: windows[index]))
    }
    append(encoding, from: shared, to: &writer)
    writer.append(encoding.truncated)
    writer.append(encoding.givesTypes)
  }

  /// - Throws: `BinaryReader.Damaged` where the window has other tokens than it had.
  static func encoding(from reader: inout BinaryReader, of windows: [Encoding]) throws -> Encoding {
    var encoding = Encoding()
    let window = try reader.optional { (index: try $0.int(), checksum: try $0.integer(UInt64.self)) }
    if let window {
      guard windows.indices.contains(window.index), checksum(of: windows[window.index]) == window.checksum else {
        throw BinaryReader.Damaged()
      }
      encoding = windows[window.index]
    }
    encoding.ids += try reader.array { try $0.integer() }
    encoding.tokens += try reader.array { try $0.string() }
    encoding.typeIDs += try reader.array { try $0.integer() }
    encoding.special += try reader.array { try $0.bool() }
    encoding.offsets += try reader.array { try $0.optional { try $0.range() } }
    encoding.words += try reader.array { try $0.optional { try $0.integer() } }
    encoding.sequences += try reader.array { try $0.optional { try $0.integer() } }
    encoding.truncated = try reader.bool()
    encoding.givesTypes = try reader.bool()
    return encoding
  }

  private static func append(_ encoding: Encoding, from first: Int, to writer: inout BinaryWriter) {
    writer.append(encoding.ids.dropFirst(first)) { $0.append($1) }
    writer.append(encoding.tokens.dropFirst(first)) { $0.append($1) }
    writer.append(encoding.typeIDs.dropFirst(first)) { $0.append($1) }
    writer.append(encoding.special.dropFirst(first)) { $0.append($1) }
    writer.append(encoding.offsets.dropFirst(first)) { $0.append($1) { $0.append($1) } }
    writer.append(encoding.words.dropFirst(first)) { $0.append($1) { $0.append($1) } }
    writer.append(encoding.sequences.dropFirst(first)) { $0.append($1) { $0.append($1) } }
  }

  private static func checksum(of encoding: Encoding) -> UInt64 {
    var writer = BinaryWriter()
    append(encoding, from: 0, to: &writer)
    return checksum(of: writer.bytes)
  }

  /// The first eight bytes of SHA-256.
  static func checksum<Bytes: Collection<UInt8>>(of bytes: Bytes) -> UInt64 {
    SHA256.digest(of: bytes).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension Encoding {
  /// Whether every array begins with the one of another encoding.
  fileprivate func begins(with other: Encoding) -> Bool {
    count >= other.count && ids.starts(with: other.ids) && tokens.starts(with: other.tokens)
      && typeIDs.starts(with: other.typeIDs) && special.starts(with: other.special)
      && offsets.starts(with: other.offsets) && words.starts(with: other.words)
      && sequences.starts(with: other.sequences)
  }
}
