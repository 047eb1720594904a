/// Parquet's run-length and bit-packing hybrid: levels and dictionary indices.
///
/// Source: Apache Parquet, `Encodings.md`, "Run Length Encoding / Bit-Packing Hybrid".
enum RLEBitPackingHybrid {
  /// The fewest bits that hold `maximum`.
  static func bitWidth(for maximum: Int) -> Int {
    Int.bitWidth - maximum.leadingZeroBitCount
  }

  /// Appends the runs of `values`, each below 2 to the power of `bitWidth`.
  static func encode<Value: FixedWidthInteger & UnsignedInteger>(
    _ values: ArraySlice<Value>, bitWidth: Int, into output: inout [UInt8]
  ) {
    var literal = values.startIndex
    var index = values.startIndex
    while index < values.endIndex {
      let value = values[index]
      var end = index + 1
      while end < values.endIndex, values[end] == value { end += 1 }
      // Bit-packed runs come in groups of 8, so a repeated run first lends what completes the last group.
      let padding = (8 - (index - literal) % 8) % 8
      if end - index - padding >= 8 {
        index += padding
        encodeLiterals(values[literal..<index], bitWidth: bitWidth, into: &output)
        output.appendVarint(UInt64(end - index) << 1)
        appendRepeated(UInt64(value), byteCount: (bitWidth + 7) / 8, into: &output)
        literal = end
      }
      index = end
    }
    encodeLiterals(values[literal...], bitWidth: bitWidth, into: &output)
  }

  /// Reads exactly `count` values from `bytes`, none above `maximum`; bytes after them are ignored.
  ///
  /// Throws `corrupt` when the runs end early or hold a larger value.
  static func decode<Value: FixedWidthInteger & UnsignedInteger>(
    _ bytes: ArraySlice<UInt8>, bitWidth: Int, count: Int, maximum: Int, into output: inout [Value]
  ) throws(ParquetError) {
    var position = bytes.startIndex
    var remaining = count
    let mask = (UInt64(1) << UInt64(bitWidth)) - 1
    while remaining > 0 {
      let header = try readVarint(bytes, &position)
      let length = header >> 1
      if header & 1 == 0 {
        let width = (bitWidth + 7) / 8
        guard length > 0, length <= UInt64(remaining), bytes.endIndex - position >= width else {
          throw ParquetError(.corrupt, "a repeated run does not fit its page")
        }
        var value: UInt64 = 0
        for byte in 0..<width { value |= UInt64(bytes[position + byte]) << UInt64(8 * byte) }
        position += width
        guard value <= UInt64(maximum) else { throw tooLarge }
        output.append(contentsOf: repeatElement(Value(value), count: Int(length)))
        remaining -= Int(length)
      } else {
        // The last group is padded, so a run may announce up to 7 values too many.
        guard length > 0, length <= UInt64((remaining + 7) / 8),
          bytes.endIndex - position >= Int(length) * bitWidth
        else { throw ParquetError(.corrupt, "a bit-packed run does not fit its page") }
        var buffer: UInt64 = 0
        var buffered = 0
        var next = position
        let taken = min(remaining, Int(length) * 8)
        for _ in 0..<taken {
          while buffered < bitWidth {
            buffer |= UInt64(bytes[next]) << UInt64(buffered)
            next += 1
            buffered += 8
          }
          let value = buffer & mask
          guard value <= UInt64(maximum) else { throw tooLarge }
          output.append(Value(value))
          buffer >>= UInt64(bitWidth)
          buffered -= bitWidth
        }
        position += Int(length) * bitWidth
        remaining -= taken
      }
    }
  }

  private static var tooLarge: ParquetError {
    ParquetError(.corrupt, "a level or dictionary index is out of range")
  }

  private static func encodeLiterals<Value: FixedWidthInteger & UnsignedInteger>(
    _ values: ArraySlice<Value>, bitWidth: Int, into output: inout [UInt8]
  ) {
    guard !values.isEmpty else { return }
    let groups = (values.count + 7) / 8
    output.appendVarint(UInt64(groups) << 1 | 1)
    let end = output.count + groups * bitWidth
    var buffer: UInt64 = 0
    var buffered = 0
    for value in values {
      buffer |= UInt64(value) << UInt64(buffered)
      buffered += bitWidth
      while buffered >= 8 {
        output.append(UInt8(truncatingIfNeeded: buffer))
        buffer >>= 8
        buffered -= 8
      }
    }
    if buffered > 0 { output.append(UInt8(truncatingIfNeeded: buffer)) }
    output.append(contentsOf: repeatElement(0, count: end - output.count))
  }

  private static func appendRepeated(_ value: UInt64, byteCount: Int, into output: inout [UInt8]) {
    for byte in 0..<byteCount { output.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
  }

  private static func readVarint(_ bytes: ArraySlice<UInt8>, _ position: inout Int) throws(ParquetError) -> UInt64 {
    var value: UInt64 = 0
    // A run header has 32 bits at most.
    for shift in stride(from: UInt64(0), to: 35, by: 7) {
      guard position < bytes.endIndex else { break }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    throw ParquetError(.corrupt, "a run's header does not fit its page")
  }
}
