import SalienceTokenizers

/// What a perturbation method takes out of a text at once.
public enum FeatureUnit: String, Sendable, CaseIterable {
  case tokens, words, sentences
  /// What the dataset names; other tokens always stay.
  case spans

  /// The key `features` of a method.
  static let setting = Setting.choice(
    "features", fallback: FeatureUnit.tokens,
    help: "what is taken out at once; the tokens of a word, sentence or span share its score equally. `spans` are "
      + "those of `dataset.columns.spans`")

  /// The features of a text, in order: the tokens of each.
  ///
  /// - Parameters:
  ///   - tokenCount: tokens of the encoding that the model reads.
  ///   - keepSpecial: special tokens are no features.
  ///   - spans: of the text, where they are given.
  /// - Throws: `AttributionError` with code `example` where spans are asked for and there are none, or some overlap.
  func features(
    of encoding: Encoding, tokenCount: Int, keepSpecial: Bool, spans: TextSpans?
  ) throws -> [Range<Int>] {
    let isFeature = { (range: Range<Int>) in !(keepSpecial && encoding.special[range.lowerBound]) }
    let ranges =
      switch self {
      case .tokens: encoding.ids.indices.map { $0..<$0 + 1 }
      case .words: WordPieces.ranges(encoding)
      case .sentences: SentencePieces.ranges(encoding)
      case .spans: try Self.tokens(of: spans, in: encoding)
      }
    let features = ranges.map { $0.clamped(to: 0..<tokenCount) }.filter { !$0.isEmpty && isFeature($0) }
    if self == .spans, features.isEmpty {
      throw AttributionError(.example, "none of the row's spans holds a token that the model reads")
    }
    return features
  }

  /// The tokens that each span overlaps, in the order of the text; a token that two of them reach is the first one's.
  private static func tokens(of spans: TextSpans?, in encoding: Encoding) throws -> [Range<Int>] {
    guard let spans = spans?.spans.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }), !spans.isEmpty
    else { throw AttributionError(.example, "the row names no spans to take out") }
    for (span, next) in zip(spans, spans.dropFirst()) where next.lowerBound < span.upperBound {
      throw AttributionError(
        .example,
        "the spans from \(span.lowerBound) to \(span.upperBound) and from \(next.lowerBound) to \(next.upperBound) "
          + "overlap")
    }
    let own = encoding.ids.indices.filter { !encoding.special[$0] && encoding.sequences[$0] == 0 }
    var place = own.startIndex
    return spans.compactMap { span in
      func offsets() -> Range<Int>? { place < own.endIndex ? encoding.offsets[own[place]] ?? 0..<0 : nil }
      while let token = offsets(), token.upperBound <= span.lowerBound { place += 1 }
      let start = place
      while let token = offsets(), token.lowerBound < span.upperBound { place += 1 }
      // Tokens of one text stand side by side.
      return start < place ? own[start]..<own[place - 1] + 1 : nil
    }
  }

  /// About how many features a text has, for estimates of time.
  func expectedCount(tokens: Int) -> Int {
    switch self {
    case .tokens: tokens
    case .words: max(1, tokens * 3 / 4)
    case .sentences: max(1, tokens / 20)
    case .spans: max(1, tokens / 8)
    }
  }
}
