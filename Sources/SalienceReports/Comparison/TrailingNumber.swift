/// A name's order among others: by the number that it ends in where the rest is the same, `checkpoint-60` before
/// `checkpoint-216`, and in byte order of the rest otherwise.
struct TrailingNumber: Comparable {
  private let name: String
  private let stem: Substring.UTF8View
  /// Digits without leading zeros; nil where the name ends in none.
  private let digits: Substring.UTF8View?

  init(_ name: String) {
    self.name = name
    let text = name[...]
    let count = text.utf8.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    stem = text.dropLast(count).utf8
    digits = count == 0 ? nil : text.suffix(count).drop { $0 == "0" }.utf8
  }

  /// Whether the name ends in a number.
  var isNumbered: Bool { digits != nil }

  /// Whether the names are the same but for the numbers that they end in.
  func hasSameStem(as other: TrailingNumber) -> Bool { stem.elementsEqual(other.stem) }

  static func < (left: TrailingNumber, right: TrailingNumber) -> Bool {
    if !left.hasSameStem(as: right) { return left.stem.lexicographicallyPrecedes(right.stem) }
    if let a = left.digits, let b = right.digits, !a.elementsEqual(b) {
      // Of two numbers without leading zeros the shorter is the smaller.
      return a.count == b.count ? a.lexicographicallyPrecedes(b) : a.count < b.count
    }
    return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }

  static func == (left: TrailingNumber, right: TrailingNumber) -> Bool {
    left.name.utf8.elementsEqual(right.name.utf8)
  }
}
