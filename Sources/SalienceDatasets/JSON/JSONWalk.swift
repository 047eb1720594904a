/// Walks over the members of an object, or the elements of an array, without decoding them.
struct JSONWalk {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var offset: Int
  private var isFirst = true
  /// Whether the closing bracket was reached; where it was not after the last member, something else stood there.
  private(set) var hasEnded = false

  /// - Parameter offset: behind the opening bracket.
  init(bytes: UnsafeBufferPointer<UInt8>, offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  /// The next member's name, as written without escapes, and its value's place; nil at the end or a fault.
  mutating func nextMember() -> (name: String, value: Range<Int>)? {
    guard moveToItem(closing: UInt8(ascii: "}")), current == UInt8(ascii: "\""), let name = takeValue() else {
      return nil
    }
    skipWhiteSpace()
    guard current == UInt8(ascii: ":") else { return nil }
    offset += 1
    skipWhiteSpace()
    guard let value = takeValue() else { return nil }
    return (String(decoding: bytes[name.lowerBound + 1..<name.upperBound - 1], as: UTF8.self), value)
  }

  /// The next element's place; nil at the end or a fault.
  mutating func nextElement() -> Range<Int>? {
    moveToItem(closing: UInt8(ascii: "]")) ? takeValue() : nil
  }

  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipWhiteSpace() {
    while let byte = current, byte == 0x20 || (0x09...0x0D).contains(byte) { offset += 1 }
  }

  private mutating func moveToItem(closing: UInt8) -> Bool {
    skipWhiteSpace()
    if current == closing {
      hasEnded = true
      return false
    }
    if !isFirst {
      guard current == UInt8(ascii: ",") else { return false }
      offset += 1
      skipWhiteSpace()
    }
    isFirst = false
    return true
  }

  private mutating func takeValue() -> Range<Int>? {
    var extent = JSONExtent()
    let rest = UnsafeBufferPointer(rebasing: bytes[offset...])
    guard case .ended(let length) = extent.scan(rest), length > 0 else { return nil }
    defer { offset += length }
    return offset..<offset + length
  }
}
