/// Turns values into lines of comma-separated text after RFC 4180, lines ending in CR LF replaced by LF.
///
/// A null is an empty cell and an empty string is `""`. A text that a spreadsheet could take for a formula, white space
/// and invisible characters in front or not, gets an apostrophe in front, and so does a text that begins with one: a
/// reader that drops one leading apostrophe from every text gets the original back. Numbers and booleans are never touched, and floats are the shortest
/// decimals that read back as the same value.
public struct CSVEncoder: Sendable {
  /// Leaves texts as they are, formulas included.
  public let raw: Bool
  private var bytes: [UInt8] = []
  private var lineHasCell = false

  public init(raw: Bool = false) {
    self.raw = raw
  }

  /// Bytes encoded since the last `removeAll`.
  public var encoded: [UInt8] { bytes }

  public var byteCount: Int { bytes.count }

  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }

  public mutating func endLine() {
    bytes.append(UInt8(ascii: "\n"))
    lineHasCell = false
  }

  public mutating func append(_ text: String?) {
    beginCell()
    guard let text else { return }
    let guarded = !raw && Self.needsApostrophe(text)
    guard Self.needsQuotes(text) else {
      if guarded { bytes.append(UInt8(ascii: "'")) }
      bytes.append(contentsOf: text.utf8)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    if guarded { bytes.append(UInt8(ascii: "'")) }
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  public mutating func append(_ number: (some FixedWidthInteger)?) {
    beginCell()
    if let number { bytes.append(contentsOf: String(number).utf8) }
  }

  public mutating func append(_ number: Float?) {
    beginCell()
    if let number { bytes.append(contentsOf: number.description.utf8) }
  }

  public mutating func append(_ number: Double?) {
    beginCell()
    if let number { bytes.append(contentsOf: number.description.utf8) }
  }

  public mutating func append(_ flag: Bool) {
    beginCell()
    bytes.append(contentsOf: (flag ? "true" : "false").utf8)
  }

  /// A line of column names.
  public mutating func appendHeader(_ names: [String]) {
    for name in names { append(name) }
    endLine()
  }

  private mutating func beginCell() {
    if lineHasCell { bytes.append(UInt8(ascii: ",")) }
    lineHasCell = true
  }

  /// Whether a spreadsheet may take the text for a formula: what it drops before it looks at the first character is
  /// passed over here too.
  ///
  /// Scalars, not Characters: CR LF is one Character, and so is `=` under a combining mark.
  private static func needsApostrophe(_ text: String) -> Bool {
    switch text.unicodeScalars.first {
    case "'", "\t", "\n", "\r": return true
    default: break
    }
    switch text.unicodeScalars.first(where: { !isDropped($0) }) {
    case "=", "+", "-", "@": return true
    // The same as wide and as small forms, which some spreadsheets read alike.
    case "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "\u{FE66}", "\u{FE62}", "\u{FE63}", "\u{FE6B}": return true
    default: return false
    }
  }

  /// White space, control characters and what is not seen.
  private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value > 0x20, scalar.value < 0x7F { return false }
    return switch scalar.properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: true
    default: scalar.properties.isWhitespace
    }
  }

  // Cells with spaces at an end are quoted as well, because some readers trim bare ones.
  private static func needsQuotes(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last else { return true }
    if first == 0x20 || first == 0x09 || last == 0x20 || last == 0x09 { return true }
    return text.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }
  }
}
