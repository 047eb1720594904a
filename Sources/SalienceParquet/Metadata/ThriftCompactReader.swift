/// Reads Thrift's compact protocol from untrusted bytes: every length is checked against what is left.
///
/// Source: Apache Thrift, `doc/specs/thrift-compact-protocol.md`.
struct ThriftCompactReader {
  typealias WireType = ThriftCompactWriter.WireType

  private let bytes: ArraySlice<UInt8>
  private var index: Int
  private var depth = 0
  private static let deepest = 32

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  /// The number of bytes read.
  var position: Int { index - bytes.startIndex }

  /// Reads a structure; `visit` gets each field's number and type and must read or skip the value.
  mutating func structure(
    _ visit: (inout ThriftCompactReader, Int16, WireType) throws(ParquetError) -> Void
  ) throws(ParquetError) {
    try descend()
    defer { depth -= 1 }
    var lastField: Int16 = 0
    while true {
      let head = try byte()
      if head == 0 { return }
      let type = try wireType(head & 0x0F)
      let delta = Int16(head >> 4)
      let (id, overflow) =
        delta == 0 ? (try integer(Int16.self), false) : lastField.addingReportingOverflow(delta)
      guard !overflow else { throw malformed }
      lastField = id
      try visit(&self, id, type)
    }
  }

  mutating func bool(_ type: WireType) throws(ParquetError) -> Bool {
    guard type == .boolTrue || type == .boolFalse else { throw malformed }
    return type == .boolTrue
  }

  mutating func byte(_ type: WireType) throws(ParquetError) -> Int8 {
    try require(type, .byte)
    return Int8(bitPattern: try byte())
  }

  mutating func i32(_ type: WireType) throws(ParquetError) -> Int32 {
    try require(type, .i32)
    return try integer(Int32.self)
  }

  mutating func i64(_ type: WireType) throws(ParquetError) -> Int64 {
    try require(type, .i64)
    return try integer(Int64.self)
  }

  mutating func binary(_ type: WireType) throws(ParquetError) -> [UInt8] {
    try require(type, .binary)
    let count = try length()
    defer { index += count }
    return Array(bytes[index..<index + count])
  }

  mutating func string(_ type: WireType) throws(ParquetError) -> String {
    let start = position
    guard let text = String(validating: try binary(type), as: UTF8.self) else {
      throw ParquetError(.corrupt, "metadata text is not UTF-8", offset: Int64(start))
    }
    return text
  }

  /// Reads a list whose elements have the type `element`.
  mutating func list<Element>(
    _ type: WireType, of element: WireType, _ read: (inout ThriftCompactReader) throws(ParquetError) -> Element
  ) throws(ParquetError) -> [Element] {
    try require(type, .list)
    let (count, found) = try listHeader()
    guard found == element || count == 0 else { throw malformed }
    var elements: [Element] = []
    // An element takes at least a byte, so the count, already checked against the bytes left, bounds the memory.
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }

  /// Passes over a value of any type.
  mutating func skip(_ type: WireType) throws(ParquetError) {
    switch type {
    case .boolTrue, .boolFalse: break
    case .byte: _ = try byte()
    case .i16, .i32, .i64: _ = try varint()
    case .double:
      for _ in 0..<8 { _ = try byte() }
    case .binary: index += try length()
    case .list, .set:
      try descend()
      let (count, element) = try listHeader()
      for _ in 0..<count { try skipElement(element) }
      depth -= 1
    case .map:
      try descend()
      let count = try length()
      if count > 0 {
        let types = try byte()
        let (key, value) = (try wireType(types >> 4), try wireType(types & 0x0F))
        for _ in 0..<count {
          try skipElement(key)
          try skipElement(value)
        }
      }
      depth -= 1
    case .structure:
      try structure { reader, _, type throws(ParquetError) in try reader.skip(type) }
    }
  }

  /// Booleans take a byte inside a collection, none as a field.
  private mutating func skipElement(_ type: WireType) throws(ParquetError) {
    if type == .boolTrue || type == .boolFalse { _ = try byte() } else { try skip(type) }
  }

  private var malformed: ParquetError {
    ParquetError(.corrupt, "metadata is malformed", offset: Int64(position))
  }

  private mutating func descend() throws(ParquetError) {
    depth += 1
    guard depth <= Self.deepest else { throw malformed }
  }

  private func require(_ type: WireType, _ expected: WireType) throws(ParquetError) {
    guard type == expected else { throw malformed }
  }

  private func wireType(_ raw: UInt8) throws(ParquetError) -> WireType {
    guard let type = WireType(rawValue: raw) else { throw malformed }
    return type
  }

  private mutating func byte() throws(ParquetError) -> UInt8 {
    guard index < bytes.endIndex else { throw malformed }
    defer { index += 1 }
    return bytes[index]
  }

  /// A count of things that take at least a byte each.
  private mutating func length() throws(ParquetError) -> Int {
    guard let count = Int(exactly: try varint()), count <= bytes.endIndex - index else { throw malformed }
    return count
  }

  private mutating func listHeader() throws(ParquetError) -> (Int, WireType) {
    let head = try byte()
    let type = try wireType(head & 0x0F)
    let short = Int(head >> 4)
    if short == 15 { return (try length(), type) }
    guard short <= bytes.endIndex - index else { throw malformed }
    return (short, type)
  }

  private mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(ParquetError) -> Value {
    let raw = try varint()
    guard let value = Value(exactly: Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)) else {
      throw malformed
    }
    return value
  }

  private mutating func varint() throws(ParquetError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let next = try byte()
      guard shift < 63 || next <= 1 else { throw malformed }
      value |= UInt64(next & 0x7F) << shift
      if next & 0x80 == 0 { return value }
    }
    throw malformed
  }
}
