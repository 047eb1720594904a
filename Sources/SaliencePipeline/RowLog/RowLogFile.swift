import SalienceFoundation
import SalienceJSON

/// The bytes of a row log: records one after the other, of which the first names the run, the model and the unit.
///
/// A record is its length and its checksum, eight bytes each, and its payload. What follows a torn or damaged record,
/// as a crash or a power cut leaves one, counts as not written.
enum RowLogFile {
  /// The payload of the first record.
  ///
  /// - Parameter run: digest of what the rows' numbers depend on.
  static func header(run: String, model: String, unit: Int) -> [UInt8] {
    let json: JSONValue = [
      "format": .integer(LoggedRow.format), "run": .string(run), "model": .string(model), "unit": .integer(unit),
    ]
    return Array(json.text().utf8)
  }

  static func record(_ payload: [UInt8]) -> [UInt8] {
    var writer = BinaryWriter()
    writer.append(payload.count)
    writer.append(LoggedRow.checksum(of: payload))
    return writer.bytes + payload
  }

  /// The rows of a log by their indices, the first record of each, and how many bytes are sound.
  ///
  /// - Returns: no rows and no bytes where there is no file or its header is another.
  /// - Throws: `FileFault` naming the path.
  static func read(_ path: String, header: [UInt8]) throws -> (rows: [Int64: ArraySlice<UInt8>], bytes: Int) {
    guard let bytes = try contents(path) else { return ([:], 0) }
    var sound = bytes[...]
    guard let first = next(&sound), first.elementsEqual(header) else { return ([:], 0) }
    var rows: [Int64: ArraySlice<UInt8>] = [:]
    var end = sound.startIndex
    while let payload = next(&sound), let head = try? LoggedRow.head(of: payload) {
      end = sound.startIndex
      if rows[head.row] == nil { rows[head.row] = payload }
    }
    return (rows, end)
  }

  /// The bytes of a log; nil where there is none, or where another process has published the unit meanwhile.
  ///
  /// A function of its own: the compiler (6.3.1, optimizing) does not end on a `catch … where` that gives a constant its
  /// value.
  private static func contents(_ path: String) throws -> [UInt8]? {
    guard DurableFile.exists(path) else { return nil }
    do {
      return try DurableFile.read(path, limit: .max)
    } catch {
      if error.kind == .missing { return nil }
      throw error
    }
  }

  private static func next(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var reader = BinaryReader(bytes.prefix(16))
    guard let count = try? reader.int(), let checksum = try? reader.integer(UInt64.self), count >= 0,
      count <= bytes.count - 16
    else { return nil }
    let payload = bytes.dropFirst(16).prefix(count)
    guard LoggedRow.checksum(of: payload) == checksum else { return nil }
    bytes = bytes.dropFirst(16 + count)
    return payload
  }
}
