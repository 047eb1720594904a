/// WordPiece's decoder: a space before every token but continuations, and English punctuation drawn together.
struct WordPieceDecoder: Sendable {
  private let prefix: [UInt32]
  private let cleansUp: Bool

  /// What cleaning up replaces, in order.
  private static let replacements: [(pattern: [UInt32], content: [UInt32])] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
    (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map { ($0.unicodeScalars.map(\.value), $1.unicodeScalars.map(\.value)) }

  /// A whole text cleaned up as `clean_up_tokenization` of `transformers` does it, which leaves "do not" alone.
  static func cleanedUp(_ text: [UInt32]) -> [UInt32] {
    replacements.filter { $0.content != Array(" don't".unicodeScalars.map(\.value)) }
      .reduce(text) { $0.replacing($1.pattern, with: $1.content) }
  }

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    prefix = try component.member("prefix").string().unicodeScalars.map(\.value)
    cleansUp = try component.bool("cleanup")
  }

  func decode(_ tokens: [[UInt32]]) -> [[UInt32]] {
    tokens.enumerated().map { index, token in
      var token = token
      if index > 0 { token = token.starts(with: prefix) ? Array(token.dropFirst(prefix.count)) : [0x20] + token }
      guard cleansUp else { return token }
      return Self.replacements.reduce(token) { $0.replacing($1.pattern, with: $1.content) }
    }
  }
}
