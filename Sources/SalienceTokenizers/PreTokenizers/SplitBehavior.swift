/// What becomes of the delimiters a text is split on.
enum SplitBehavior: String, Sendable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    guard let known = SplitBehavior(rawValue: try component.string()) else {
      throw component.error(.malformed, "unknown behavior")
    }
    self = known
  }

  /// Splits `range` on single scalars, and appends the pieces.
  func split(
    _ text: NormalizedText, _ range: Range<Int>, into words: inout [Range<Int>], isDelimiter: (UInt32) -> Bool
  ) {
    split(Self.matches(text, range, isDelimiter), into: &words)
  }

  /// Splits a text cut into delimiters and what stands between them, and appends the pieces that are not empty.
  func split(_ matches: [Pattern.Match], into words: inout [Range<Int>]) {
    let pieces =
      switch self {
      case .removed: matches.filter { !$0.isMatch }.map(\.range)
      case .isolated: matches.map(\.range)
      case .contiguous, .mergedWithPrevious: merge(matches) { $0.lowerBound..<$1.upperBound }
      case .mergedWithNext:
        Array(merge(matches.reversed()) { $1.lowerBound..<$0.upperBound }.reversed())
      }
    for piece in pieces where !piece.isEmpty { words.append(piece) }
  }

  /// Delimiters one by one, and the runs between them.
  private static func matches(
    _ text: NormalizedText, _ range: Range<Int>, _ isDelimiter: (UInt32) -> Bool
  ) -> [Pattern.Match] {
    var result: [Pattern.Match] = []
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
  private func merge(_ matches: [Pattern.Match], _ join: (Range<Int>, Range<Int>) -> Range<Int>) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var lastWasDelimiter = false
    for match in matches {
      let joins =
        self == .contiguous ? match.isMatch == lastWasDelimiter : match.isMatch && !lastWasDelimiter
      if joins, let last = result.popLast() {
        result.append(join(last, match.range))
      } else {
        result.append(match.range)
      }
      lastWasDelimiter = match.isMatch
    }
    return result
  }
}
