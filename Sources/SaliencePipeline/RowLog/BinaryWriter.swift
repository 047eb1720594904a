import SalienceFoundation

/// Values as bytes, little-endian, one after the other without names.
struct BinaryWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ value: Int) { append(Int64(value)) }
  mutating func append(_ value: Bool) { append(value ? 1 as UInt8 : 0) }
  mutating func append(_ value: Float) { append(value.bitPattern) }
  mutating func append(_ value: Double) { append(value.bitPattern) }

  mutating func append(_ value: String) {
    append(value.utf8.count)
    bytes.append(contentsOf: value.utf8)
  }

  mutating func append(_ value: Range<Int>) {
    append(value.lowerBound)
    append(value.upperBound)
  }

  /// A mark, and the value where there is one.
  mutating func append<Value>(_ value: Value?, _ write: (inout BinaryWriter, Value) -> Void) {
    append(value != nil)
    if let value { write(&self, value) }
  }

  /// The count, then the elements.
  mutating func append<Values: Collection>(_ values: Values, _ write: (inout BinaryWriter, Values.Element) -> Void) {
    append(values.count)
    for value in values { write(&self, value) }
  }
}

/// Reads what a `BinaryWriter` wrote.
package struct BinaryReader {
  /// The bytes end too soon or do not say what they should.
  package struct Damaged: Fault {
    package var kind: FaultKind { .data }
    package var message: String { "bytes that end too soon, or are another row's" }
  }

  private var bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { bytes.isEmpty }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count else { throw Damaged() }
    defer { bytes = bytes.dropFirst(count) }
    return bytes.prefix(count)
  }

  mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws -> Value {
    var value: Value = 0
    let taken = try take(MemoryLayout<Value>.size)
    withUnsafeMutableBytes(of: &value) { $0.copyBytes(from: taken) }
    return Value(littleEndian: value)
  }

  mutating func int() throws -> Int { Int(try integer(Int64.self)) }
  mutating func float() throws -> Float { Float(bitPattern: try integer()) }
  mutating func double() throws -> Double { Double(bitPattern: try integer()) }

  mutating func bool() throws -> Bool {
    switch try integer(UInt8.self) {
    case 0: false
    case 1: true
    default: throw Damaged()
    }
  }

  mutating func string() throws -> String {
    guard let text = String(validating: try take(try int()), as: UTF8.self) else { throw Damaged() }
    return text
  }

  mutating func range() throws -> Range<Int> {
    let (lower, upper) = (try int(), try int())
    guard lower <= upper else { throw Damaged() }
    return lower..<upper
  }

  mutating func optional<Value>(_ read: (inout BinaryReader) throws -> Value) throws -> Value? {
    try bool() ? try read(&self) : nil
  }

  mutating func array<Value>(_ read: (inout BinaryReader) throws -> Value) throws -> [Value] {
    let count = try int()
    // An element takes a byte at least, so a damaged count reserves nothing.
    guard count >= 0, count <= bytes.count else { throw Damaged() }
    var values: [Value] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try read(&self)) }
    return values
  }
}
