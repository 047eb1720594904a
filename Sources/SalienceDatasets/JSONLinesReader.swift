import SalienceJSON

/// Reads one JSON object a line; lines of nothing but white space are no records.
///
/// Numbers and booleans are taken as an id or a label in the form in which they are written; a missing or null id gives
/// the row number, a missing or null label none.
final class JSONLinesReader: FileRecordReader {
  private let buffer: RecordBuffer
  private let mapping: ColumnMapping
  private let maximumRecordSize: Int

  init(_ buffer: RecordBuffer, mapping: ColumnMapping, maximumRecordSize: Int) throws {
    self.buffer = buffer
    self.mapping = mapping
    self.maximumRecordSize = maximumRecordSize
    try buffer.skipByteOrderMark()
  }

  func next(row: Int64) throws -> DatasetRecord? {
    guard let line = try nextLine() else { return nil }
    guard line.isComplete else {
      let record = DatasetRecord.bad(
        BadRow(
          row: row, id: nil, location: buffer.location, column: nil, reason: "longer than \(maximumRecordSize) bytes"))
      try consume(line)
      return record
    }
    let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer.bytes)[..<line.length])
    let record = decode(bytes, row: row)
    try consume(line)
    return record
  }

  func skip() throws -> Bool {
    guard let line = try nextLine() else { return false }
    try consume(line)
    return true
  }

  /// The names in the first objects of the file, in the order in which they turn up; it moves the reader on.
  ///
  /// - Parameter limit: how many records are looked at.
  /// - Returns: nil where none of these records is an object.
  func names(inFirst limit: Int) throws -> [String]? {
    var names: [String] = []
    var known: Set<String> = []
    var hasObject = false
    for _ in 0..<limit {
      guard let line = try nextLine() else { break }
      let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer.bytes)[..<line.length])
      if line.isComplete, let members = try? JSONValue(parsing: bytes).objectValue {
        hasObject = true
        names.append(contentsOf: members.map(\.name).filter { known.insert($0).inserted })
      }
      try consume(line)
    }
    return hasObject ? names : nil
  }

  private struct Line {
    /// Bytes without the line end.
    let length: Int
    let hasEnd: Bool
    /// Whether the whole line is in the window.
    let isComplete: Bool
  }

  /// Moves to the next line that is not blank and looks for its end; nil at the file's end.
  private func nextLine() throws -> Line? {
    var searched = 0
    while true {
      let bytes = buffer.bytes
      if let end = bytes[searched...].firstIndex(of: 0x0A) {
        if bytes[..<end].allSatisfy(Self.isWhiteSpace) {
          buffer.consume(end + 1, lines: 1)
          searched = 0
          continue
        }
        return Line(length: end, hasEnd: true, isComplete: end <= maximumRecordSize)
      }
      searched = bytes.count
      if searched > maximumRecordSize { return Line(length: searched, hasEnd: false, isComplete: false) }
      if try !buffer.fill() {
        let rest = buffer.bytes
        if rest.allSatisfy(Self.isWhiteSpace) { return nil }
        return Line(length: rest.count, hasEnd: false, isComplete: true)
      }
    }
  }

  private func consume(_ line: Line) throws {
    buffer.consume(line.length, lines: 0)
    if line.hasEnd {
      buffer.consume(1, lines: 1)
    } else {
      _ = try buffer.discardLine(endingAtCarriageReturns: false)
    }
  }

  private static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

  private func decode(_ line: UnsafeRawBufferPointer, row: Int64) -> DatasetRecord {
    let location = buffer.location
    func bad(_ column: String?, _ reason: String, id: String? = nil) -> DatasetRecord {
      .bad(BadRow(row: row, id: id, location: location, column: column, reason: reason))
    }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: line)
    } catch {
      return bad(nil, "not JSON: \(error) of the line")
    }
    guard json.objectValue != nil else { return bad(nil, "expected an object, not this \(json.typeName)") }

    var id = String(row)
    if let column = mapping.id, let value = json[column], !value.isNull {
      guard let text = Self.scalarText(value) else {
        return bad(column, "expected a string, number or boolean, not this \(value.typeName)")
      }
      id = text
    }
    let knownID = mapping.id.flatMap { json[$0] }.flatMap(Self.scalarText)
    var texts: [String?] = []
    for column in [mapping.text, mapping.textPair] {
      guard let column else {
        texts.append(nil)
        continue
      }
      guard let value = json[column] else { return bad(column, "missing", id: knownID) }
      guard let text = value.stringValue else {
        return bad(column, "expected a string, not this \(value.typeName)", id: knownID)
      }
      texts.append(text)
    }
    var label: String?
    if let column = mapping.label, let value = json[column], !value.isNull {
      guard let text = Self.scalarText(value) else {
        return bad(column, "expected a string, number or boolean, not this \(value.typeName)", id: knownID)
      }
      label = text
    }
    return .example(
      Example(row: row, id: id, text: texts[0] ?? "", textPair: texts[1], label: label), location)
  }

  private static func scalarText(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .null, .array, .object: nil
    }
  }
}
