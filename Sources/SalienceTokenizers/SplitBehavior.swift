/// What becomes of the delimiters a text is split on.
enum SplitBehavior: String, Sendable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"

  /// Splits `range` on single scalars, and appends the pieces.
  func split(
    _ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>], isDelimiter: (UInt32) -> Bool
  ) {
    var matches = Self.matches(text, range, isDelimiter)
    switch self {
    case .removed: words.append(contentsOf: matches.lazy.filter { !$0.isDelimiter }.map(\.range))
    case .isolated: words.append(contentsOf: matches.lazy.map(\.range))
    case .contiguous, .mergedWithPrevious:
      words.append(contentsOf: merge(matches) { $0.lowerBound..<$1.upperBound })
    case .mergedWithNext:
      matches.reverse()
      words.append(contentsOf: merge(matches) { $1.lowerBound..<$0.upperBound }.reversed())
    }
  }

  private typealias Match = (range: Range<Int>, isDelimiter: Bool)

  /// Delimiters one by one, and the runs between them.
  private static func matches(
    _ text: NormalizedText, _ range: Range<Int>, _ isDelimiter: (UInt32) -> Bool
  ) -> [Match] {
    var result: [Match] = []
    var start = range.lowerBound
    for index in range where isDelimiter(text.elements[index].scalar) {
      if start < index { result.append((start..<index, false)) }
      result.append((index..<index + 1, true))
      start = index + 1
    }
    if start < range.upperBound { result.append((start..<range.upperBound, false)) }
    return result
  }

  /// Joins each match with the one before it where the behavior asks for that.
  private func merge(_ matches: [Match], _ join: (Range<Int>, Range<Int>) -> Range<Int>) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var lastWasDelimiter = false
    for match in matches {
      let joins =
        self == .contiguous ? match.isDelimiter == lastWasDelimiter : match.isDelimiter && !lastWasDelimiter
      if joins, let last = result.popLast() {
        result.append(join(last, match.range))
      } else {
        result.append(match.range)
      }
      lastWasDelimiter = match.isDelimiter
    }
    return result
  }
}
