extension JSONParser {
  /// Parses the string whose opening quote is at the cursor.
  mutating func parseString() throws(JSONError) -> String {
    index += 1
    let start = index
    try skipUnescaped()
    if bytes[index] == UInt8(ascii: "\"") {
      let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<index]), as: UTF8.self)
      index += 1
      return text
    }
    unescaped.removeAll(keepingCapacity: true)
    unescaped.append(contentsOf: bytes[start..<index])
    while bytes[index] == UInt8(ascii: "\\") {
      try parseEscape()
      let next = index
      try skipUnescaped()
      unescaped.append(contentsOf: bytes[next..<index])
    }
    index += 1
    return String(decoding: unescaped, as: UTF8.self)
  }

  /// Moves the cursor to the next quote or backslash and checks that what lies between is UTF-8 without controls.
  private mutating func skipUnescaped() throws(JSONError) {
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
      if byte < 0x20 { throw fault("a control character in a string must be escaped") }
      if byte < 0x80 {
        index += 1
      } else {
        index += try scalarLength(startingWith: byte)
      }
    }
    throw fault("the document ends inside a string")
  }

  /// Bytes of the well-formed multi-byte sequence at the cursor (The Unicode Standard, table 3-7).
  private func scalarLength(startingWith first: UInt8) throws(JSONError) -> Int {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: throw invalidUTF8
    }
    guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { throw invalidUTF8 }
    for position in stride(from: 2, to: length, by: 1) where bytes[index + position] & 0xC0 != 0x80 {
      throw invalidUTF8
    }
    return length
  }

  private var invalidUTF8: JSONError {
    JSONError(code: .encoding, message: "invalid UTF-8", offset: index)
  }

  /// Appends the meaning of the escape at the cursor to `unescaped`.
  private mutating func parseEscape() throws(JSONError) {
    let start = index
    index += 1
    let letter = current
    index += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(letter)
    case UInt8(ascii: "b"): unescaped.append(0x08)
    case UInt8(ascii: "f"): unescaped.append(0x0C)
    case UInt8(ascii: "n"): unescaped.append(0x0A)
    case UInt8(ascii: "r"): unescaped.append(0x0D)
    case UInt8(ascii: "t"): unescaped.append(0x09)
    case UInt8(ascii: "u"): try parseUnicodeEscape(from: start)
    default: throw JSONError(code: .syntax, message: "unknown escape in a string", offset: start)
    }
  }

  private mutating func parseUnicodeEscape(from start: Int) throws(JSONError) {
    var value = try parseHexadecimal(from: start)
    if value & 0xFC00 == 0xD800, current == UInt8(ascii: "\\"), index + 1 < bytes.count,
      bytes[index + 1] == UInt8(ascii: "u")
    {
      index += 2
      let low = try parseHexadecimal(from: start)
      if low & 0xFC00 == 0xDC00 { value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00) }
    }
    guard let scalar = Unicode.Scalar(value) ?? (tolerance.contains(.loneSurrogates) ? "\u{FFFD}" : nil) else {
      throw JSONError(code: .encoding, message: "lone surrogate in an escape", offset: start)
    }
    unescaped.append(contentsOf: String(scalar).utf8)
  }

  private mutating func parseHexadecimal(from start: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch current {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = current - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = current - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = current - UInt8(ascii: "A") + 10
      default: throw JSONError(code: .syntax, message: "expected four hexadecimal digits after \\u", offset: start)
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
