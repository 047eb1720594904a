/// Reads the integers of a packed table: base-32 digits, lowest first, in `0-9A-Za-z-_`, where digits from 32 on say
/// that more follow.
struct PackedTableReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ packed: StaticString) {
    bytes = UnsafeBufferPointer(start: packed.utf8Start, count: packed.utf8CodeUnitCount)
  }

  var isAtEnd: Bool { position >= bytes.count }

  mutating func readUnsigned() -> Int {
    var value = 0
    var shift = 0
    while position < bytes.count {
      let digit = Self.digit(bytes[position])
      position += 1
      value |= (digit & 31) << shift
      if digit < 32 { break }
      shift += 5
    }
    return value
  }

  mutating func readSigned() -> Int {
    let value = readUnsigned()
    return value & 1 == 0 ? value >> 1 : -((value + 1) >> 1)
  }

  private static func digit(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 48
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 65 + 10
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte) - 97 + 36
    case UInt8(ascii: "-"): 62
    default: 63
    }
  }
}

/// A value for every Unicode scalar, in pages of 256 of which equal ones are stored once.
struct ScalarTable<Value: Equatable & Sendable>: Sendable {
  private var pageOffsets: [Int32]
  private var values: [Value]

  /// Builds the table from a sparse one: scalars that `entries` does not name have the value `standard`.
  init(standard: Value, entries: [UInt32: Value]) {
    pageOffsets = [Int32](repeating: 0, count: 0x110000 >> 8)
    values = [Value](repeating: standard, count: 256)
    for (scalar, value) in entries where scalar < 0x110000 {
      let page = Int(scalar >> 8)
      if pageOffsets[page] == 0 {
        pageOffsets[page] = Int32(values.count)
        values.append(contentsOf: repeatElement(standard, count: 256))
      }
      values[Int(pageOffsets[page]) + Int(scalar & 255)] = value
    }
  }

  subscript(scalar: UInt32) -> Value {
    @inline(__always) get { values[Int(pageOffsets[Int(scalar >> 8)]) + Int(scalar & 255)] }
  }
}
