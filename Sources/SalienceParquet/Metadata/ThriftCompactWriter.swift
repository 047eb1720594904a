/// Writes Thrift's compact protocol, the encoding of Parquet's footer and page headers.
///
/// Source: Apache Thrift, `doc/specs/thrift-compact-protocol.md`.
struct ThriftCompactWriter {
  /// What has been written so far.
  private(set) var bytes: [UInt8] = []
  private var lastField: Int16 = 0

  /// Element and field types on the wire.
  enum WireType: UInt8 {
    case boolTrue = 1
    case boolFalse = 2
    case byte = 3
    case i16 = 4
    case i32 = 5
    case i64 = 6
    case double = 7
    case binary = 8
    case list = 9
    case set = 10
    case map = 11
    case structure = 12
  }

  /// A structure: its fields in ascending order, then the stop byte.
  mutating func structure(_ body: (inout ThriftCompactWriter) -> Void) {
    let outer = lastField
    lastField = 0
    body(&self)
    bytes.append(0)
    lastField = outer
  }

  mutating func field(_ id: Int16, bool value: Bool) {
    header(id, value ? .boolTrue : .boolFalse)
  }

  mutating func field(_ id: Int16, byte value: Int8) {
    header(id, .byte)
    bytes.append(UInt8(bitPattern: value))
  }

  mutating func field(_ id: Int16, i16 value: Int16) {
    header(id, .i16)
    zigzag(Int64(value))
  }

  mutating func field(_ id: Int16, i32 value: Int32) {
    header(id, .i32)
    zigzag(Int64(value))
  }

  mutating func field(_ id: Int16, i64 value: Int64) {
    header(id, .i64)
    zigzag(value)
  }

  mutating func field(_ id: Int16, binary value: [UInt8]) {
    header(id, .binary)
    binary(value)
  }

  mutating func field(_ id: Int16, string value: String) {
    field(id, binary: Array(value.utf8))
  }

  mutating func field(_ id: Int16, _ body: (inout ThriftCompactWriter) -> Void) {
    header(id, .structure)
    structure(body)
  }

  mutating func field<Element>(
    _ id: Int16, list elements: [Element], of type: WireType, each: (inout ThriftCompactWriter, Element) -> Void
  ) {
    header(id, .list)
    if elements.count < 15 {
      bytes.append(UInt8(elements.count) << 4 | type.rawValue)
    } else {
      bytes.append(0xF0 | type.rawValue)
      varint(UInt64(elements.count))
    }
    for element in elements { each(&self, element) }
  }

  /// A list element: an integer of 16, 32 or 64 bits.
  mutating func zigzag(_ value: Int64) {
    varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// A list element: bytes with their length before them.
  mutating func binary(_ value: [UInt8]) {
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  private mutating func header(_ id: Int16, _ type: WireType) {
    let delta = Int(id) - Int(lastField)
    if (1...15).contains(delta) {
      bytes.append(UInt8(delta) << 4 | type.rawValue)
    } else {
      bytes.append(type.rawValue)
      zigzag(Int64(id))
    }
    lastField = id
  }

  private mutating func varint(_ value: UInt64) {
    bytes.appendVarint(value)
  }
}

extension [UInt8] {
  /// Appends an unsigned LEB128 number.
  mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// Appends a fixed-width integer, least significant byte first.
  mutating func appendLittleEndian<Value: FixedWidthInteger>(_ value: Value) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
