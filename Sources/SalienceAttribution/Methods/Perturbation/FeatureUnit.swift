import SalienceTokenizers

/// What a perturbation method takes out of a text at once.
public enum FeatureUnit: String, Sendable, CaseIterable {
  case tokens, words, sentences

  /// The key `features` of a method.
  static let setting = Setting.choice(
    "features", fallback: FeatureUnit.tokens,
    help: "what is taken out at once; the tokens of a word or sentence share its score equally")

  /// The features of a text, in order: the tokens of each.
  ///
  /// - Parameters:
  ///   - tokenCount: tokens of the encoding that the model reads.
  ///   - keepSpecial: special tokens are no features.
  func features(of encoding: Encoding, tokenCount: Int, keepSpecial: Bool) -> [Range<Int>] {
    let isFeature = { (range: Range<Int>) in !(keepSpecial && encoding.special[range.lowerBound]) }
    let ranges =
      switch self {
      case .tokens: encoding.ids.indices.map { $0..<$0 + 1 }
      case .words: WordPieces.ranges(encoding)
      case .sentences: SentencePieces.ranges(encoding)
      }
    return ranges.map { $0.clamped(to: 0..<tokenCount) }.filter { !$0.isEmpty && isFeature($0) }
  }

  /// About how many features a text has, for estimates of time.
  func expectedCount(tokens: Int) -> Int {
    switch self {
    case .tokens: tokens
    case .words: max(1, tokens * 3 / 4)
    case .sentences: max(1, tokens / 20)
    }
  }
}
