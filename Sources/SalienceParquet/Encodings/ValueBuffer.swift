/// The values of a column that are present, one after the other as bytes.
struct ValueBuffer {
  let type: PhysicalType
  /// Fixed-width values, or the bytes of strings without lengths.
  private(set) var bytes: [UInt8] = []
  /// Where each string ends in `bytes`; empty for fixed-width types.
  private var ends: [Int] = []

  init(type: PhysicalType) {
    self.type = type
  }

  /// The number of values.
  var count: Int {
    if let width = type.width { bytes.count / width } else { ends.count }
  }

  mutating func append(_ value: some PlainValue) {
    value.appendPlain(to: &bytes)
    if type == .byteArray { ends.append(bytes.count) }
  }

  /// One value.
  mutating func append(bytes value: some Collection<UInt8>) {
    bytes.append(contentsOf: value)
    if type == .byteArray { ends.append(bytes.count) }
  }

  /// Any number of values of a fixed-width type.
  mutating func append(fixedWidth values: ArraySlice<UInt8>) {
    bytes.append(contentsOf: values)
  }

  func byteRange(of index: Int) -> Range<Int> {
    if let width = type.width { return index * width..<(index + 1) * width }
    return (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  func byteRange(of range: Range<Int>) -> Range<Int> {
    guard !range.isEmpty else { return 0..<0 }
    return byteRange(of: range.lowerBound).lowerBound..<byteRange(of: range.upperBound - 1).upperBound
  }

  /// The bytes that the value takes in a PLAIN page, booleans counted as a whole byte.
  func plainSize(of index: Int) -> Int {
    type.width ?? byteRange(of: index).count + 4
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  /// Drops the values from `count` on.
  mutating func truncate(to count: Int) {
    let end = count == 0 ? 0 : byteRange(of: count - 1).upperBound
    bytes.removeSubrange(end...)
    if type == .byteArray { ends.removeSubrange(count...) }
  }
}
