extension Range<Int> {
  /// The places of values that are kept, ascending: those with the largest values without their signs, of equal ones the
  /// first.
  ///
  /// - Parameters:
  ///   - topK: the most that are kept; nil for all.
  ///   - threshold: what a value must reach, without its sign.
  ///   - value: at a place.
  func ofLargest(topK: Int?, threshold: Double?, _ value: (Int) -> Float) -> [Int] {
    var kept = Array(self)
    if let threshold { kept.removeAll { Double(value($0).magnitude) < threshold } }
    guard let topK, kept.count > topK else { return kept }
    kept.sort { (value($0).magnitude, $1) > (value($1).magnitude, $0) }
    kept.removeLast(kept.count - topK)
    return kept.sorted()
  }
}
