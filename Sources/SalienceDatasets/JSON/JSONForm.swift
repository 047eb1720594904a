/// What a JSON file holds, told from its beginning.
enum JSONForm: Sendable {
  /// An object a line.
  case lines
  /// Objects between the brackets of one array.
  case array
  /// Objects one after the other, each over as many lines as it likes.
  case objects
  /// One object with the articles, paragraphs and questions of SQuAD.
  case squad

  /// - Parameter isLines: whether the name says that there is an object a line, so that a first line which is damaged
  ///   is a row like any other.
  init(_ sample: Sample, isLines: Bool) {
    let form = sample.bytes.withUnsafeBufferPointer { Self.form($0, isLines: isLines) }
    self = isLines && form == .objects ? .lines : form
  }

  private static func form(_ bytes: UnsafeBufferPointer<UInt8>, isLines: Bool) -> JSONForm {
    guard let start = bytes.firstIndex(where: { !isWhiteSpace($0) }) else { return .lines }
    if bytes[start] == UInt8(ascii: "[") {
      let element = bytes[(start + 1)...].first { !isWhiteSpace($0) }
      return isLines && element != UInt8(ascii: "{") ? .lines : .array
    }
    guard bytes[start] == UInt8(ascii: "{") else { return .lines }
    let document = UnsafeBufferPointer(rebasing: bytes[start...])
    var extent = JSONExtent()
    guard case .ended(let length) = extent.scan(document) else {
      // Over more than the sample.
      return hasArticles(document) ? .squad : isOneLine(document) ? .lines : .objects
    }
    if document[length...].allSatisfy(isWhiteSpace) {
      if hasArticles(document) { return .squad }
      return document[..<length].contains(0x0A) ? .objects : .lines
    }
    return document[..<length].contains(0x0A) ? .objects : .lines
  }

  private static func isOneLine(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let end = bytes.firstIndex(of: 0x0A) else { return true }
    // A line that is damaged is one line all the same, where the next one begins an object too.
    return bytes[end...].first { !isWhiteSpace($0) } == UInt8(ascii: "{")
      && bytes[..<end].last { !isWhiteSpace($0) } == UInt8(ascii: "}")
  }

  /// Whether an object has a member `data` with an array of objects, as far as its bytes go.
  private static func hasArticles(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var offset = 1
    func skipWhiteSpace() {
      while offset < bytes.count, isWhiteSpace(bytes[offset]) || bytes[offset] == UInt8(ascii: ",") { offset += 1 }
    }
    while true {
      skipWhiteSpace()
      guard let name = value(bytes, at: offset), bytes[offset] == UInt8(ascii: "\"") else { return false }
      offset = name.upperBound
      skipWhiteSpace()
      guard offset < bytes.count, bytes[offset] == UInt8(ascii: ":") else { return false }
      offset += 1
      skipWhiteSpace()
      if bytes[name].elementsEqual("\"data\"".utf8) {
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "[") else { return false }
        offset += 1
        skipWhiteSpace()
        return offset == bytes.count || bytes[offset] == UInt8(ascii: "{") || bytes[offset] == UInt8(ascii: "]")
      }
      guard let skipped = value(bytes, at: offset) else { return false }
      offset = skipped.upperBound
    }
  }

  private static func value(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Range<Int>? {
    guard offset < bytes.count else { return nil }
    var extent = JSONExtent()
    guard case .ended(let length) = extent.scan(UnsafeBufferPointer(rebasing: bytes[offset...])), length > 0 else {
      return nil
    }
    return offset..<offset + length
  }

  static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
