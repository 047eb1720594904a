/// A Swift type that a column stores in PLAIN encoding.
///
/// Source: Apache Parquet, `Encodings.md`, "Plain". Booleans take a byte each in memory and a bit each in a page;
/// strings have their length before them in a page only.
protocol PlainValue {
  /// The type of a column of such values.
  static var columnType: ParquetType { get }
  /// Appends the value's bytes without a length.
  func appendPlain(to bytes: inout [UInt8])
  /// Counts the value into a chunk's bounds.
  func observe(_ statistics: inout StatisticsBuilder)
  /// The value of `bytes`, or nil where they are none: bad UTF-8, a number out of range.
  init?(plain bytes: ArraySlice<UInt8>)
}

extension Int8: PlainValue {
  static var columnType: ParquetType { .int8 }
  func appendPlain(to bytes: inout [UInt8]) { bytes.appendLittleEndian(Int32(self)) }
  func observe(_ statistics: inout StatisticsBuilder) { statistics.add(Int64(self)) }
  init?(plain bytes: ArraySlice<UInt8>) { self.init(exactly: Int32(littleEndian: bytes)) }
}

extension Int32: PlainValue {
  static var columnType: ParquetType { .int32 }
  func appendPlain(to bytes: inout [UInt8]) { bytes.appendLittleEndian(self) }
  func observe(_ statistics: inout StatisticsBuilder) { statistics.add(Int64(self)) }
  init?(plain bytes: ArraySlice<UInt8>) { self.init(littleEndian: bytes) }
}

extension Int64: PlainValue {
  static var columnType: ParquetType { .int64 }
  func appendPlain(to bytes: inout [UInt8]) { bytes.appendLittleEndian(self) }
  func observe(_ statistics: inout StatisticsBuilder) { statistics.add(self) }
  init?(plain bytes: ArraySlice<UInt8>) { self.init(littleEndian: bytes) }
}

extension Float: PlainValue {
  static var columnType: ParquetType { .float }
  func appendPlain(to bytes: inout [UInt8]) { bytes.appendLittleEndian(bitPattern) }
  func observe(_ statistics: inout StatisticsBuilder) { statistics.add(Double(self)) }
  init?(plain bytes: ArraySlice<UInt8>) { self.init(bitPattern: UInt32(littleEndian: bytes)) }
}

extension Double: PlainValue {
  static var columnType: ParquetType { .double }
  func appendPlain(to bytes: inout [UInt8]) { bytes.appendLittleEndian(bitPattern) }
  func observe(_ statistics: inout StatisticsBuilder) { statistics.add(self) }
  init?(plain bytes: ArraySlice<UInt8>) { self.init(bitPattern: UInt64(littleEndian: bytes)) }
}

extension Bool: PlainValue {
  static var columnType: ParquetType { .bool }
  func appendPlain(to bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
  func observe(_ statistics: inout StatisticsBuilder) { statistics.add(self ? Int64(1) : 0) }
  init?(plain bytes: ArraySlice<UInt8>) { self = bytes[bytes.startIndex] == 1 }
}

extension String: PlainValue {
  static var columnType: ParquetType { .string }
  func appendPlain(to bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
  func observe(_ statistics: inout StatisticsBuilder) {
    var copy = self
    copy.withUTF8 { statistics.add($0) }
  }
  init?(plain bytes: ArraySlice<UInt8>) { self.init(validating: bytes, as: UTF8.self) }
}

extension FixedWidthInteger where Self: BitwiseCopyable {
  /// The integer in the first bytes of a slice that holds at least its width.
  init(littleEndian bytes: ArraySlice<UInt8>) {
    self = bytes.withUnsafeBytes { Self(littleEndian: $0.loadUnaligned(as: Self.self)) }
  }
}

extension PhysicalType {
  /// Bytes a value takes in memory, nil where it varies.
  var width: Int? {
    switch self {
    case .boolean: 1
    case .int32, .float: 4
    case .int64, .double: 8
    case .byteArray: nil
    }
  }
}

/// PLAIN pages of whole columns.
enum PlainEncoding {
  /// Appends values `range` of `values` as a page holds them.
  static func encode(_ values: ValueBuffer, _ range: Range<Int>, into output: inout [UInt8]) {
    switch values.type {
    case .boolean:
      var index = range.lowerBound
      while index < range.upperBound {
        var byte: UInt8 = 0
        for bit in 0..<min(8, range.upperBound - index) { byte |= values.bytes[index + bit] << UInt8(bit) }
        output.append(byte)
        index += 8
      }
    case .byteArray:
      for index in range {
        let value = values.byteRange(of: index)
        // A longer string makes a page that the writer refuses for its size.
        output.appendLittleEndian(UInt32(clamping: value.count))
        output.append(contentsOf: values.bytes[value])
      }
    case .int32, .int64, .float, .double:
      output.append(contentsOf: values.bytes[values.byteRange(of: range)])
    }
  }

  /// Reads exactly `count` values that fill `bytes`.
  static func decode(_ bytes: ArraySlice<UInt8>, count: Int, into values: inout ValueBuffer) throws(ParquetError) {
    switch values.type {
    case .boolean:
      guard bytes.count == (count + 7) / 8 else { throw wrongLength }
      for index in 0..<count {
        values.append(bytes: [bytes[bytes.startIndex + index / 8] >> UInt8(index % 8) & 1])
      }
    case .byteArray:
      var position = bytes.startIndex
      for _ in 0..<count {
        guard bytes.endIndex - position >= 4 else { throw wrongLength }
        let length = Int(UInt32(littleEndian: bytes[position..<position + 4]))
        position += 4
        guard bytes.endIndex - position >= length else { throw wrongLength }
        values.append(bytes: bytes[position..<position + length])
        position += length
      }
      guard position == bytes.endIndex else { throw wrongLength }
    case .int32, .int64, .float, .double:
      let width = values.type.width ?? 0
      let (needed, overflow) = count.multipliedReportingOverflow(by: width)
      guard !overflow, bytes.count == needed else { throw wrongLength }
      values.append(fixedWidth: bytes)
    }
  }

  private static var wrongLength: ParquetError {
    ParquetError(.corrupt, "a page's values do not fill it exactly")
  }
}
