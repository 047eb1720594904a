/// Which text of a pair is cut to fit a maximum length; always at its end.
public enum TruncationStrategy: Sendable {
  /// The longer one, then both to the same length, as Hugging Face `tokenizers` does by default.
  case longestFirst
  /// The text only.
  case onlyFirst
  /// The pair only.
  case onlySecond

  /// How many tokens stay of a text of `first` tokens and its pair of `second`, together at most `limit`.
  /// - Throws: `TokenizerError` where the text to be cut is not longer than what must go.
  func lengths(
    first: Int, second: Int?, limit: Int
  ) throws(TokenizerError) -> (first: Int, second: Int) {
    let excess = first + (second ?? 0) - limit
    guard excess > 0 else { return (first, second ?? 0) }
    if limit == 0 { return (0, 0) }
    switch self {
    case .longestFirst:
      guard let second else { return (limit, 0) }
      let shorter = min(first, second)
      var kept = (shorter: shorter, longer: max(shorter, limit - shorter))
      if kept.shorter + kept.longer > limit { kept = (limit / 2, limit / 2 + limit % 2) }
      return first > second ? (kept.longer, kept.shorter) : (kept.shorter, kept.longer)
    case .onlyFirst:
      guard first > excess else { throw Self.tooShort("text") }
      return (first - excess, second ?? 0)
    case .onlySecond:
      guard let second, second > excess else { throw Self.tooShort("pair") }
      return (first, second - excess)
    }
  }

  private static func tooShort(_ name: String) -> TokenizerError {
    TokenizerError(code: .maximumLength, message: "the \(name) is too short to be cut down to the maximum length")
  }
}
