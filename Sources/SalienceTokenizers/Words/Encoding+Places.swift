extension Encoding {
  /// The text a token belongs to, 0 or 1; the token type where it belongs to none.
  package func segment(of token: Int) -> Int {
    sequences[token].map { Int($0) } ?? Int(typeIDs[token])
  }

  /// Whether the model wrote the token: it stands in no text, and no post-processor put it there.
  package func isGenerated(_ token: Int) -> Bool { sequences[token] == nil && !special[token] }
}
