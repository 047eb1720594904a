/// What a column chunk's footer says about its values; readers skip row groups by it, so it is right or absent.
struct ColumnStatistics: Equatable {
  /// A bound in PLAIN encoding, without a length prefix.
  struct Bound: Equatable {
    var bytes: [UInt8]
    /// Whether the bound is itself a value of the chunk.
    var isExact: Bool
  }

  var nullCount: Int64?
  var minimum: Bound?
  var maximum: Bound?
}

/// Gathers the statistics of one column chunk.
///
/// Rules (parquet.thrift, `ColumnOrder`): no bounds when a NaN is present, because readers disagree on where NaN
/// sorts; a minimum of zero is written as -0 and a maximum of zero as +0; strings compare as unsigned bytes.
struct StatisticsBuilder {
  /// Longer string bounds are shortened to at most this many bytes.
  static let longestBound = 64

  private var type: ParquetType
  private var nullCount: Int64 = 0
  private var integers: ClosedRange<Int64>?
  private var numbers: ClosedRange<Double>?
  private var smallestString: [UInt8]?
  private var largestString: [UInt8] = []
  private var hasNaN = false

  init(type: ParquetType) {
    self.type = type
  }

  mutating func addNull() {
    nullCount += 1
  }

  mutating func add(_ value: Int64) {
    guard let known = integers else {
      integers = value...value
      return
    }
    if value < known.lowerBound { integers = value...known.upperBound }
    if value > known.upperBound { integers = known.lowerBound...value }
  }

  mutating func add(_ value: Double) {
    guard !value.isNaN else {
      hasNaN = true
      return
    }
    guard let known = numbers else {
      numbers = value...value
      return
    }
    if value < known.lowerBound { numbers = value...known.upperBound }
    if value > known.upperBound { numbers = known.lowerBound...value }
  }

  mutating func add(_ value: UnsafeBufferPointer<UInt8>) {
    guard let smallest = smallestString else {
      smallestString = Array(value)
      largestString = Array(value)
      return
    }
    if value.lexicographicallyPrecedes(smallest) { smallestString = Array(value) }
    if largestString.lexicographicallyPrecedes(value) { largestString = Array(value) }
  }

  func finish() -> ColumnStatistics {
    var statistics = ColumnStatistics(nullCount: nullCount)
    switch type {
    case .int8, .int32:
      set(&statistics, integers) { Self.plain(Int32(truncatingIfNeeded: $0)) }
    case .int64:
      set(&statistics, integers) { Self.plain($0) }
    case .bool:
      set(&statistics, integers) { [UInt8($0)] }
    case .float, .floatList:
      set(&statistics, orderedNumbers) { Self.plain(Float($0).bitPattern) }
    case .double:
      set(&statistics, orderedNumbers) { Self.plain($0.bitPattern) }
    case .string:
      if let smallest = smallestString {
        statistics.minimum = Self.lowerBound(smallest)
        statistics.maximum = Self.upperBound(largestString)
      }
    }
    return statistics
  }

  private var orderedNumbers: (Double, Double)? {
    guard let numbers, !hasNaN else { return nil }
    return (numbers.lowerBound == 0 ? -0.0 : numbers.lowerBound, numbers.upperBound == 0 ? 0.0 : numbers.upperBound)
  }

  private func set(_ statistics: inout ColumnStatistics, _ range: ClosedRange<Int64>?, plain: (Int64) -> [UInt8]) {
    guard let range else { return }
    statistics.minimum = .init(bytes: plain(range.lowerBound), isExact: true)
    statistics.maximum = .init(bytes: plain(range.upperBound), isExact: true)
  }

  private func set(_ statistics: inout ColumnStatistics, _ range: (Double, Double)?, plain: (Double) -> [UInt8]) {
    guard let range else { return }
    statistics.minimum = .init(bytes: plain(range.0), isExact: true)
    statistics.maximum = .init(bytes: plain(range.1), isExact: true)
  }

  private static func plain<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(value)
    return bytes
  }

  /// A prefix is never above the string that it begins.
  private static func lowerBound(_ string: [UInt8]) -> ColumnStatistics.Bound {
    guard string.count > longestBound else { return .init(bytes: string, isExact: true) }
    return .init(bytes: Array(string.prefix(scalarBoundary(in: string))), isExact: false)
  }

  /// A prefix whose last scalar is raised by one is above every string with the original prefix: the order of
  /// UTF-8 bytes is the order of scalar values.
  private static func upperBound(_ string: [UInt8]) -> ColumnStatistics.Bound? {
    guard string.count > longestBound else { return .init(bytes: string, isExact: true) }
    var scalars = Array(String(decoding: string.prefix(scalarBoundary(in: string)), as: UTF8.self).unicodeScalars)
    while let last = scalars.popLast() {
      let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
      guard let raised = Unicode.Scalar(next) else { continue }
      var text = String.UnicodeScalarView(scalars)
      text.append(raised)
      return .init(bytes: Array(String(text).utf8), isExact: false)
    }
    return nil
  }

  /// The last position up to `longestBound` at which no scalar is cut in two.
  private static func scalarBoundary(in string: [UInt8]) -> Int {
    var end = longestBound
    while end > 0, string[end] & 0xC0 == 0x80 { end -= 1 }
    return end
  }
}
