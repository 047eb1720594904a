/// Reads the questions of a SQuAD file, version 1.1 or 2.0: `data[].paragraphs[]` with a `context` and its `qas[]`.
///
/// A record is a question, in the order of the file, with the columns `id`, `question`, `context` and `answer`: the first
/// of its answers, none where it has none or `is_impossible` is true. Memory holds one paragraph. A question that is
/// damaged is a bad row; so is a paragraph, once, whose questions cannot be told apart, and reading goes on at the next
/// one. A file that was cut off is an error.
final class SQuADReader: FileRecordReader {
  private enum Place {
    case root, data, article, paragraphs, end
  }

  private let buffer: RecordBuffer
  private let mapping: ColumnMapping
  private let maximumRecordSize: Int
  private var place = Place.root
  /// Where the article begins that has had no paragraphs yet.
  private var unread: RecordLocation?
  private var paragraph: SQuADParagraph?
  /// Whether the last value ran to the file's end without its own.
  private var isOpenAtEnd = false
  /// Damage to tell of before the next question.
  private var damage: (location: RecordLocation, reason: String)?

  /// - Parameter buffer: at the beginning of an object, which `JSONForm` has seen.
  /// - Throws: `DatasetError`: `missingColumn` for a mapping with other names.
  init(_ buffer: RecordBuffer, mapping: ColumnMapping, maximumRecordSize: Int) throws {
    self.buffer = buffer
    self.mapping = mapping
    self.maximumRecordSize = maximumRecordSize
    for name in mapping.names where !SQuADParagraph.columns.contains(name) {
      throw ColumnMapping.missing(name, from: SQuADParagraph.columns, in: buffer.file)
    }
    try buffer.skipByteOrderMark()
    if try buffer.firstByteOfJSON() != nil { buffer.consume(1, lines: 0) }
  }

  func next(row: Int64) throws -> DatasetRecord? {
    guard try moveToRecord() else { return nil }
    if let damage = takeDamage() {
      return .bad(BadRow(row: row, id: nil, location: damage.location, column: nil, reason: damage.reason))
    }
    return paragraph?.question(row: row, mapping: mapping)
  }

  func columns(inFirst _: Int) -> KnownColumns? {
    KnownColumns(present: Set(mapping.names), names: SQuADParagraph.columns)
  }

  func skip() throws -> Bool {
    guard try moveToRecord() else { return false }
    if takeDamage() == nil { paragraph?.skip() }
    return true
  }

  private func takeDamage() -> (location: RecordLocation, reason: String)? {
    defer { damage = nil }
    return damage
  }

  /// Moves to a question or to damage; false at the file's end.
  private func moveToRecord() throws -> Bool {
    while damage == nil, paragraph?.isEmpty ?? true {
      if place == .end { return false }
      try step()
    }
    return true
  }

  /// Passes the next bracket, comma or value.
  private func step() throws {
    guard let byte = try buffer.firstByteOfJSON() else { throw buffer.cutOffJSON() }
    switch (place, byte) {
    case (_, UInt8(ascii: ",")): buffer.consume(1, lines: 0)
    case (.root, UInt8(ascii: "}")):
      close(.end)
      if try buffer.firstByteOfJSON() != nil { fail("more data after the end of the document") }
    case (.root, UInt8(ascii: "\"")):
      _ = try enter("data", .data)
    case (.data, UInt8(ascii: "]")): close(.root)
    case (.data, UInt8(ascii: "{")):
      unread = buffer.location
      buffer.consume(1, lines: 0)
      place = .article
    case (.article, UInt8(ascii: "}")):
      if let unread { damage = (unread, "an article without 'paragraphs'") }
      close(.data)
    case (.article, UInt8(ascii: "\"")):
      if try enter("paragraphs", .paragraphs) { unread = nil }
    case (.paragraphs, UInt8(ascii: "]")): close(.article)
    case (.paragraphs, UInt8(ascii: "{")): try readParagraph()
    default: try recover("no article or paragraph begins here")
    }
  }

  private func close(_ outer: Place) {
    buffer.consume(1, lines: 0)
    place = outer
  }

  private func fail(_ reason: String) { damage = (buffer.location, reason) }

  /// Passes over a member, or goes into its array where it has that name.
  private func enter(_ name: String, _ inner: Place) throws -> Bool {
    guard let length = try valueLength() else {
      try recover("damaged JSON, or a name longer than \(maximumRecordSize) bytes", isOpen: isOpenAtEnd)
      return false
    }
    let isNamed = buffer.bytes[..<length].dropFirst().dropLast().elementsEqual(name.utf8)
    buffer.consumeLines(length)
    guard let byte = try buffer.firstByteOfJSON() else { throw buffer.cutOffJSON() }
    guard byte == UInt8(ascii: ":") else {
      try recover("expected ':' after a member's name")
      return false
    }
    buffer.consume(1, lines: 0)
    if try buffer.firstByteOfJSON() == UInt8(ascii: "["), isNamed {
      buffer.consume(1, lines: 0)
      place = inner
      return true
    }
    try skipValue()
    return false
  }

  private func readParagraph() throws {
    guard let length = try valueLength() else {
      try recover(
        "a paragraph that is damaged, cut off or longer than \(maximumRecordSize) bytes", isOpen: isOpenAtEnd)
      return
    }
    let bytes = UnsafeBufferPointer(rebasing: buffer.bytes[..<length])
    guard let read = SQuADParagraph(bytes, at: buffer.location) else {
      try recover("a paragraph that is damaged or has no 'qas'")
      return
    }
    paragraph = read
    buffer.consumeLines(length)
  }

  /// The length of the value at the window's beginning, once the window holds it; nil where it is damaged, cut off or
  /// longer than a record may be.
  private func valueLength() throws -> Int? {
    var extent = JSONExtent()
    isOpenAtEnd = false
    while true {
      switch extent.scan(buffer.bytes) {
      case .ended(let length): return length <= maximumRecordSize ? length : nil
      case .damaged: return nil
      case .open:
        if extent.length > maximumRecordSize { return nil }
        if try !buffer.fill() {
          isOpenAtEnd = true
          return nil
        }
      }
    }
  }

  /// Passes over a value of any length.
  private func skipValue() throws {
    if try buffer.firstByteOfJSON() == nil { return }
    var extent = JSONExtent()
    var consumed = 0
    while true {
      switch extent.scan(buffer.bytes, consumed: consumed) {
      case .ended(let length):
        buffer.consumeLines(length - consumed)
        return
      case .damaged:
        try recover("damaged JSON")
        return
      case .open:
        consumed = extent.length
        buffer.consumeLines(buffer.bytes.count)
        if try !buffer.fill() { throw buffer.cutOffJSON() }
      }
    }
  }

  /// Tells of damage and moves behind it, to the next object that begins as a paragraph does, or to the file's end.
  ///
  /// - Parameter isOpen: whether the file ended inside the value at fault.
  /// - Throws: `DatasetError` `damaged` where it did and nothing else begins in it: the file was cut off.
  private func recover(_ reason: String, isOpen: Bool = false) throws {
    fail(reason)
    place = .paragraphs
    unread = nil
    var isAtBrace = buffer.bytes.first == UInt8(ascii: "{")
    while true {
      if isAtBrace { buffer.consumeLines(1) }
      isAtBrace = false
      guard let brace = buffer.bytes.firstIndex(of: UInt8(ascii: "{")) else {
        buffer.consumeLines(buffer.bytes.count)
        if try buffer.fill() { continue }
        place = .end
        if isOpen { throw buffer.cutOffJSON() }
        return
      }
      buffer.consumeLines(brace)
      isAtBrace = true
      // White space before the first name is indentation.
      while buffer.bytes.count < 512, try buffer.fill() {}
      let rest = buffer.bytes.dropFirst().prefix(512).drop { $0 <= 0x20 }
      if rest.starts(with: #""context""#.utf8) || rest.starts(with: #""qas""#.utf8) { return }
    }
  }
}
