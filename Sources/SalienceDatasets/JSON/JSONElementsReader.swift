/// Reads the objects of one JSON array, or objects that follow one another over as many lines as they like.
///
/// `JSONRecordDecoder` says what an object gives. An element that is no object, or whose inside is damaged, is a bad
/// row; where brackets or commas are damaged nobody can tell where the next element begins, and the file is in error.
final class JSONElementsReader: FileRecordReader {
  private enum Place {
    case start, beforeElement, afterElement, end
  }

  private let buffer: RecordBuffer
  private let decoder: JSONRecordDecoder
  private let isArray: Bool
  private let maximumRecordSize: Int
  private var place = Place.start

  init(_ buffer: RecordBuffer, isArray: Bool, mapping: ColumnMapping, maximumRecordSize: Int) throws {
    self.buffer = buffer
    self.isArray = isArray
    self.maximumRecordSize = maximumRecordSize
    decoder = JSONRecordDecoder(mapping: mapping, unit: "element")
    try buffer.skipByteOrderMark()
  }

  func next(row: Int64) throws -> DatasetRecord? {
    guard try moveToElement() else { return nil }
    let location = buffer.location
    guard let length = try elementLength() else {
      try skipElement()
      return .bad(
        BadRow(row: row, id: nil, location: location, column: nil, reason: "longer than \(maximumRecordSize) bytes"))
    }
    let record = decoder.decode(UnsafeBufferPointer(rebasing: buffer.bytes[..<length]), row: row, at: location)
    buffer.consumeLines(length)
    return record
  }

  func skip() throws -> Bool {
    guard try moveToElement() else { return false }
    try skipElement()
    return true
  }

  func columns(inFirst limit: Int) throws -> KnownColumns? {
    var survey = JSONColumnSurvey(decoder.mapping)
    for _ in 0..<limit {
      guard try moveToElement() else { break }
      if let length = try elementLength() {
        survey.add(UnsafeBufferPointer(rebasing: buffer.bytes[..<length]))
        buffer.consumeLines(length)
      } else {
        try skipElement()
      }
    }
    return survey.result
  }

  private func damage(_ what: String) -> DatasetError {
    DatasetError(.damaged, "\(what) at byte \(buffer.byteOffset)", file: buffer.file)
  }

  /// Moves to the next element; false behind the last.
  private func moveToElement() throws -> Bool {
    while place != .end {
      let byte = try buffer.firstByteOfJSON()
      switch (place, byte) {
      case (.start, UInt8(ascii: "[")?) where isArray:
        buffer.consumeLines(1)
        place = .beforeElement
        if try buffer.firstByteOfJSON() == UInt8(ascii: "]") { try close() }
      case (.start, nil): place = .end
      case (.start, _) where !isArray: place = .beforeElement
      case (.beforeElement, nil) where !isArray: place = .end
      case (.beforeElement, nil), (.afterElement, nil): throw buffer.cutOffJSON()
      case (.beforeElement, UInt8(ascii: "{")?): return elementBegins()
      case (.beforeElement, UInt8(ascii: ",")?), (.beforeElement, UInt8(ascii: "]")?),
        (.beforeElement, UInt8(ascii: "}")?),
        (.beforeElement, UInt8(ascii: ":")?):
        throw damage("damaged JSON: no element begins")
      case (.beforeElement, _) where isArray: return elementBegins()
      case (.afterElement, UInt8(ascii: ",")?):
        buffer.consumeLines(1)
        place = .beforeElement
      case (.afterElement, UInt8(ascii: "]")?): try close()
      default: throw damage(isArray ? "damaged JSON: expected ',' or ']'" : "damaged JSON: expected an object")
      }
    }
    return false
  }

  private func elementBegins() -> Bool {
    place = isArray ? .afterElement : .beforeElement
    return true
  }

  private func close() throws {
    buffer.consumeLines(1)
    if try buffer.firstByteOfJSON() != nil { throw damage("damaged JSON: more data after the end of the array") }
    place = .end
  }

  /// The length of the element at the window's beginning, once the window holds it; nil where it is too long.
  private func elementLength() throws -> Int? {
    var extent = JSONExtent()
    while true {
      switch extent.scan(buffer.bytes) {
      case .ended(let length): return length <= maximumRecordSize ? length : nil
      case .damaged: throw damage("damaged JSON in the element that begins")
      case .open:
        if extent.length > maximumRecordSize { return nil }
        if try !buffer.fill() { throw buffer.cutOffJSON() }
      }
    }
  }

  /// Passes over an element of any length.
  private func skipElement() throws {
    let start = buffer.byteOffset
    var extent = JSONExtent()
    var consumed = 0
    while true {
      switch extent.scan(buffer.bytes, consumed: consumed) {
      case .ended(let length):
        buffer.consumeLines(length - consumed)
        return
      case .damaged:
        throw DatasetError(
          .damaged, "damaged JSON in the element that begins at byte \(start)", file: buffer.file)
      case .open:
        consumed = extent.length
        buffer.consumeLines(buffer.bytes.count)
        if try !buffer.fill() { throw buffer.cutOffJSON() }
      }
    }
  }
}
