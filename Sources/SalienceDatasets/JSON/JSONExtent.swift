/// Finds where a JSON value ends without reading what it says: over windows that grow, in memory that does not.
///
/// Only strings and brackets count, so that a value with a fault inside still has an end; `JSONValue` finds the fault.
struct JSONExtent {
  enum State: Equatable {
    /// The bytes so far do not hold the value's end.
    case open
    /// The value has this many bytes.
    case ended(Int)
    /// Brackets that do not belong together, or nested too deep.
    case damaged
  }

  private static let maximumDepth = 64

  /// Closing brackets that are due, the next one last.
  private var closing: [UInt8] = []
  private var isInString = false
  private var isEscaped = false
  private var hasBegun = false
  /// Bytes looked at so far.
  private(set) var length = 0

  /// Looks at what the window holds beyond `length`.
  ///
  /// - Parameters:
  ///   - bytes: from the value's first byte on, which is no white space, or from one behind it.
  ///   - consumed: bytes of the value that stood before the window.
  mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, consumed: Int = 0) -> State {
    while length - consumed < bytes.count {
      let byte = bytes[length - consumed]
      if isInString {
        length += 1
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
          if closing.isEmpty { return .ended(length) }
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        // `{` and `}`, like `[` and `]`, are two apart in ASCII.
        closing.append(byte + 2)
        if closing.count > Self.maximumDepth { return .damaged }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if closing.isEmpty { return hasBegun ? .ended(length) : .damaged }
        guard closing.removeLast() == byte else { return .damaged }
        if closing.isEmpty {
          length += 1
          return .ended(length)
        }
      case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
        if closing.isEmpty { return hasBegun ? .ended(length) : .damaged }
      default: break
      }
      hasBegun = true
      length += 1
    }
    return .open
  }
}
