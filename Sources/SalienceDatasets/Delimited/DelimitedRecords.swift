/// Moves over the records of delimited text, one after the other.
///
/// Blank lines are no records. After a quote that is damaged, never closed or not believed, the next record begins at
/// the line after the one on which the quote opened, so that one stray quote costs one record.
final class DelimitedRecords {
  let buffer: RecordBuffer
  let dialect: Dialect
  private(set) var scanner: DelimitedScanner
  private var isAfterReturn = false
  /// Lines that a quote joins although each has the header's fields by itself; nil where it does not.
  private(set) var doubtfulLines: Int?

  init(_ buffer: RecordBuffer, dialect: Dialect, maximumRecordSize: Int) {
    self.buffer = buffer
    self.dialect = dialect
    scanner = dialect.scanner(maximumLength: maximumRecordSize)
  }

  var fields: [DelimitedScanner.Field] { scanner.fields }

  /// Whether the last record cannot be taken as it was scanned.
  var isDamaged: Bool { scanner.damage != nil || doubtfulLines != nil }

  /// Passes over blank lines; false at the file's end.
  func moveToRecord() throws -> Bool {
    while true {
      guard let byte = buffer.bytes.first else {
        if try buffer.fill() { continue }
        return false
      }
      if byte == 0x0D, !dialect.endsAtReturns {
        while buffer.bytes.count < 2, try buffer.fill() {}
        let next = buffer.bytes.dropFirst().first
        // By itself it is the beginning of a text.
        if let next, next != 0x0A { return true }
        buffer.consume(next == nil ? 1 : 2, lines: 1)
        continue
      }
      guard byte == 0x0A || byte == 0x0D else {
        isAfterReturn = false
        return true
      }
      buffer.consume(1, lines: byte == 0x0A && isAfterReturn ? 0 : 1)
      isAfterReturn = byte == 0x0D
    }
  }

  /// Scans the record that `moveToRecord` moved to.
  ///
  /// - Parameter expected: the fields of a sound one, where cells over several lines are to be doubted.
  func scan(expecting expected: Int? = nil) throws {
    try scanner.scan(buffer)
    doubtfulLines = nil
    guard dialect.quoting == .doubtful, let expected, expected > 1, scanner.damage == nil else { return }
    let record = UnsafeBufferPointer(
      rebasing: buffer.bytes[..<(scanner.length - (scanner.hasLineEnd ? 1 : 0))])
    let lines = record.count { $0 == dialect.lineEnd } + 1
    if lines > 1, dialect.fieldsOfEveryLine(record) == expected { doubtfulLines = lines }
  }

  /// Moves behind the record that was scanned.
  func consume() throws {
    guard isDamaged else {
      buffer.consume(scanner.length, lines: scanner.lines)
      isAfterReturn = scanner.endsInReturn
      return
    }
    // A quote that joins sound lines opened on the first of them.
    if doubtfulLines == nil, let opening = scanner.quoteOpening {
      buffer.consume(opening.offset, lines: opening.lines)
    }
    isAfterReturn = try buffer.discardLine(endingAtCarriageReturns: dialect.endsAtReturns)
  }

  /// Why the record cannot be taken, without its text.
  var reason: String? {
    if let doubtfulLines {
      return "a quote opens here that would join \(doubtfulLines) lines which each have \(fields.count) fields;"
        + " 'dataset.quote: none' reads quotes as plain text, 'dataset.quote: '\"'' takes them as they are"
    }
    guard let damage = scanner.damage else { return nil }
    let opening = scanner.quoteOpening.map { "the quote opened on line \(buffer.line + $0.lines)" } ?? "a quote"
    return switch damage {
    case .textAfterQuote: "text after the closing quote; \(opening)"
    case .unterminatedQuote: "\(opening) is never closed"
    case .tooLong:
      scanner.quoteOpening == nil
        ? "longer than \(scanner.maximumLength) bytes"
        : "\(opening) is not closed within \(scanner.maximumLength) bytes of the record's beginning"
    }
  }

  /// A field's text, or nil where it is not UTF-8.
  static func text(of field: DelimitedScanner.Field, in bytes: UnsafeBufferPointer<UInt8>) -> String? {
    let raw = UnsafeBufferPointer(rebasing: bytes[field.range])
    guard field.hasDoubledQuotes else { return String(validating: raw, as: UTF8.self) }
    var single: [UInt8] = []
    single.reserveCapacity(raw.count)
    var isSecond = false
    for byte in raw {
      isSecond = byte == UInt8(ascii: "\"") && !isSecond
      if byte != UInt8(ascii: "\"") || isSecond { single.append(byte) }
    }
    return String(validating: single, as: UTF8.self)
  }
}
