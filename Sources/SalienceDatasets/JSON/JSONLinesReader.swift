/// Reads one JSON object a line; lines of nothing but white space are no records.
///
/// `JSONRecordDecoder` says what a line gives.
final class JSONLinesReader: FileRecordReader {
  private let buffer: RecordBuffer
  private let decoder: JSONRecordDecoder
  private let maximumRecordSize: Int

  init(_ buffer: RecordBuffer, mapping: ColumnMapping, maximumRecordSize: Int) throws {
    self.buffer = buffer
    decoder = JSONRecordDecoder(mapping: mapping, unit: "line")
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
    let location = buffer.location
    var record = decoder.decode(UnsafeBufferPointer(rebasing: buffer.bytes[..<line.length]), row: row, at: location)
    if !line.hasEnd, case .bad(let bad) = record, bad.reason.hasPrefix("not JSON") {
      record = .bad(bad.atTheEnd())
    }
    try consume(line)
    return record
  }

  func skip() throws -> Bool {
    guard let line = try nextLine() else { return false }
    try consume(line)
    return true
  }

  /// What the first objects of the file hold; it moves the reader on.
  ///
  /// - Parameter limit: how many records are looked at.
  /// - Returns: nil where none of these records is an object.
  func columns(inFirst limit: Int) throws -> KnownColumns? {
    var survey = JSONColumnSurvey(decoder.mapping)
    for _ in 0..<limit {
      guard let line = try nextLine() else { break }
      if line.isComplete { survey.add(UnsafeBufferPointer(rebasing: buffer.bytes[..<line.length])) }
      try consume(line)
    }
    return survey.result
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
}
