import SalienceFoundation

/// Recursive-descent parser of RFC 8259 over bytes; strings are in `JSONParser+Strings.swift`.
struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  let maximumDepth: Int
  let rejectsDuplicateNames: Bool
  let tolerance: JSONTolerance
  var index = 0
  /// Holds the bytes of strings that contain escapes; kept between strings so that it is allocated once.
  var unescaped: [UInt8] = []

  init(
    bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int, rejectsDuplicateNames: Bool, tolerance: JSONTolerance = []
  ) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    self.rejectsDuplicateNames = rejectsDuplicateNames
    self.tolerance = tolerance
  }

  mutating func parseDocument() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw JSONError(code: .encoding, message: "byte order mark before the document", offset: 0)
    }
    let value = try parseValue(depth: 0)
    skipWhiteSpace()
    if index < bytes.count { throw fault("more data after the end of the document") }
    return value
  }

  func fault(_ message: String) -> JSONError { JSONError(code: .syntax, message: message, offset: index) }

  /// The byte at the cursor, or 0, which no grammar rule accepts, at the end.
  var current: UInt8 { index < bytes.count ? bytes[index] : 0 }

  /// The byte behind the cursor, or 0 at the end.
  private var next: UInt8 { index + 1 < bytes.count ? bytes[index + 1] : 0 }

  mutating func skipWhiteSpace() {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x0A, 0x0D, 0x09: index += 1
      default: return
      }
    }
  }

  private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
    skipWhiteSpace()
    guard index < bytes.count else { throw fault("the document ends where a value must stand") }
    switch bytes[index] {
    case UInt8(ascii: "{"): return .object(try parseObject(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try parseArray(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "N") where tolerance.contains(.nonFiniteNumbers):
      return try parseLiteral("NaN", .number("NaN"))
    case UInt8(ascii: "I") where tolerance.contains(.nonFiniteNumbers):
      return try parseLiteral("Infinity", .number("Infinity"))
    case UInt8(ascii: "-") where tolerance.contains(.nonFiniteNumbers) && next == UInt8(ascii: "I"):
      return try parseLiteral("-Infinity", .number("-Infinity"))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try parseNumber())
    case UInt8(ascii: "t"): return try parseLiteral("true", .bool(true))
    case UInt8(ascii: "f"): return try parseLiteral("false", .bool(false))
    case UInt8(ascii: "n"): return try parseLiteral("null", .null)
    default: throw fault("no JSON value begins here")
    }
  }

  private mutating func parseLiteral(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let end = index + word.utf8CodeUnitCount
    guard end <= bytes.count else { throw fault("no JSON value begins here") }
    for position in 0..<word.utf8CodeUnitCount where bytes[index + position] != word.utf8Start[position] {
      throw fault("no JSON value begins here")
    }
    index = end
    return value
  }

  private func checkDepth(_ depth: Int) throws(JSONError) {
    if depth > maximumDepth {
      throw JSONError(code: .depth, message: "nested deeper than \(maximumDepth) levels", offset: index)
    }
  }

  private mutating func parseArray(depth: Int) throws(JSONError) -> [JSONValue] {
    try checkDepth(depth)
    index += 1
    var elements: [JSONValue] = []
    skipWhiteSpace()
    if current == UInt8(ascii: "]") {
      index += 1
      return elements
    }
    while true {
      elements.append(try parseValue(depth: depth))
      skipWhiteSpace()
      switch current {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "]"):
        index += 1
        return elements
      default: throw fault("expected ',' or ']' in an array")
      }
    }
  }

  private mutating func parseObject(depth: Int) throws(JSONError) -> [JSONMember] {
    try checkDepth(depth)
    index += 1
    var members: [JSONMember] = []
    var names: Set<ExactText> = []
    skipWhiteSpace()
    if current == UInt8(ascii: "}") {
      index += 1
      return members
    }
    while true {
      skipWhiteSpace()
      guard current == UInt8(ascii: "\"") else { throw fault("expected a member's name in double quotes") }
      let start = index
      let name = try parseString()
      if rejectsDuplicateNames, !names.insert(ExactText(name)).inserted {
        throw JSONError(code: .duplicateName, message: "a member's name stands twice in one object", offset: start)
      }
      skipWhiteSpace()
      guard current == UInt8(ascii: ":") else { throw fault("expected ':' after a member's name") }
      index += 1
      members.append(JSONMember(name: name, value: try parseValue(depth: depth)))
      skipWhiteSpace()
      switch current {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "}"):
        index += 1
        return members
      default: throw fault("expected ',' or '}' in an object")
      }
    }
  }

  private mutating func parseNumber() throws(JSONError) -> String {
    let start = index
    if current == UInt8(ascii: "-") { index += 1 }
    if current == UInt8(ascii: "0") {
      index += 1
    } else {
      try parseDigits()
    }
    if current == UInt8(ascii: ".") {
      index += 1
      try parseDigits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      index += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
      try parseDigits()
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func parseDigits() throws(JSONError) {
    let start = index
    while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
    if index == start { throw fault("expected a digit in a number") }
  }
}
