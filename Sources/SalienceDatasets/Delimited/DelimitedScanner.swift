/// Finds the fields of one record of delimited text (RFC 4180) in a `RecordBuffer`.
///
/// Lines end in LF or CRLF, where a CR alone is text, or in files of old in CR too. A field that begins with a quote
/// runs to the closing quote and may hold delimiters, line ends and doubled quotes; a quote inside another field stands
/// for itself, and where quotes are plain text each does.
struct DelimitedScanner {
  /// Where a field lies in the record, without its quotes.
  struct Field {
    var range: Range<Int>
    var hasDoubledQuotes: Bool
  }

  enum Damage: Equatable {
    case textAfterQuote
    case unterminatedQuote
    case tooLong
  }

  private enum State {
    case atFieldStart, inPlain, inQuoted, afterQuote
  }

  let delimiter: UInt8
  let hasQuotes: Bool
  let endsAtReturns: Bool
  let maximumLength: Int

  /// The fields of the last record, up to the damage where there is some.
  private(set) var fields: [Field] = []
  /// What is wrong with the last record.
  private(set) var damage: Damage?
  /// Bytes of the last record with its line end.
  private(set) var length = 0
  /// Line ends in the last record.
  private(set) var lines = 0
  /// Whether the record has a line end, or stopped at the file's.
  private(set) var hasLineEnd = false
  /// Whether the record ended in CR, so that an LF that follows belongs to it.
  private(set) var endsInReturn = false
  /// Where the last quoted field's text begins, and how many line ends stand before it in the record.
  private(set) var quoteOpening: (offset: Int, lines: Int)?
  /// Fields of the last record that stood in quotes.
  private(set) var quotedFields = 0

  private var fieldStart = 0
  private var hasDoubledQuotes = false

  init(delimiter: UInt8, hasQuotes: Bool = true, endsAtReturns: Bool = false, maximumLength: Int) {
    self.delimiter = delimiter
    self.hasQuotes = hasQuotes
    self.endsAtReturns = endsAtReturns
    self.maximumLength = maximumLength
  }

  /// Scans the record at the window's beginning, which must not be empty, and leaves the window where it is.
  mutating func scan(_ buffer: RecordBuffer) throws {
    fields.removeAll(keepingCapacity: true)
    damage = nil
    lines = 0
    hasLineEnd = false
    endsInReturn = false
    quoteOpening = nil
    quotedFields = 0
    fieldStart = 0
    hasDoubledQuotes = false
    var state = State.atFieldStart
    var index = 0
    var isAfterReturn = false
    repeat {
      if scan(buffer.bytes, from: &index, state: &state, isAfterReturn: &isAfterReturn) {
        length = index
        return
      }
    } while try buffer.fill()
    length = index
    // A CR at the file's end has lost its LF.
    let end = isAfterReturn && state != .inQuoted ? index - 1 : index
    switch state {
    case .inQuoted: damage = .unterminatedQuote
    case .afterQuote: endField(at: end - 1)
    case .atFieldStart, .inPlain: endField(at: end)
    }
  }

  /// Goes on scanning in the bytes seen so far; true when the record is over.
  private mutating func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, from index: inout Int, state: inout State, isAfterReturn: inout Bool
  ) -> Bool {
    // One more than the longest record, for its line end.
    let limit = min(bytes.count, maximumLength + 1)
    while index < limit {
      let byte = bytes[index]
      index += 1
      if state == .inQuoted {
        if byte == UInt8(ascii: "\"") {
          state = .afterQuote
        } else if (byte == 0x0D && endsAtReturns) || (byte == 0x0A && !(isAfterReturn && endsAtReturns)) {
          lines += 1
        }
        isAfterReturn = byte == 0x0D
        continue
      }
      if byte == 0x0A || (byte == 0x0D && endsAtReturns) {
        // The quote that closed the field is none of its text, and neither is the CR of a CRLF.
        endField(at: index - 1 - (state == .afterQuote ? 1 : 0) - (isAfterReturn && !endsAtReturns ? 1 : 0))
        endRecord(in: byte)
        return true
      }
      if byte == delimiter, !(isAfterReturn && state == .afterQuote) {
        endField(at: index - (state == .afterQuote ? 2 : 1))
        beginField(at: index)
        state = .atFieldStart
        isAfterReturn = false
        continue
      }
      switch state {
      case .atFieldStart where byte == UInt8(ascii: "\"") && hasQuotes:
        state = .inQuoted
        fieldStart = index
        quoteOpening = (index, lines)
        quotedFields += 1
      case .afterQuote where byte == UInt8(ascii: "\"") && !isAfterReturn:
        hasDoubledQuotes = true
        state = .inQuoted
      case .afterQuote where byte != 0x0D || isAfterReturn:
        damage = .textAfterQuote
        return true
      case .afterQuote: break
      case .atFieldStart, .inPlain, .inQuoted: state = .inPlain
      }
      isAfterReturn = byte == 0x0D
    }
    if index > maximumLength {
      damage = .tooLong
      if state != .inQuoted { quoteOpening = nil }
      return true
    }
    return false
  }

  private mutating func beginField(at index: Int) {
    fieldStart = index
    hasDoubledQuotes = false
  }

  private mutating func endField(at index: Int) {
    fields.append(Field(range: fieldStart..<index, hasDoubledQuotes: hasDoubledQuotes))
  }

  private mutating func endRecord(in byte: UInt8) {
    lines += 1
    hasLineEnd = true
    endsInReturn = byte == 0x0D
  }
}
