extension Tokenizer {
  /// The text that ids stand for, equal to `decode` of Hugging Face `tokenizers`, or of `transformers` where
  /// tokenizer_config.json asks to clean it up.
  ///
  /// Ids the vocabulary lacks are left out. Bytes that spell no character become U+FFFD.
  /// - Parameter skippingSpecialTokens: whether added tokens marked as special are left out too.
  public func decode(_ ids: [Int32], skippingSpecialTokens: Bool = false) -> String {
    var tokens: [[UInt32]] = []
    tokens.reserveCapacity(ids.count)
    for id in ids {
      guard let token = added.writtenToken(of: id) ?? model.vocabulary.token(of: id) else { continue }
      if skippingSpecialTokens, added.isSpecial(token) { continue }
      tokens.append(token.unicodeScalars.map(\.value))
    }
    let joined = decoder.map { $0.decode(tokens).flatMap { $0 } } ?? Array(tokens.joined(separator: [0x20]))
    return Decoder.text(of: settings.cleansUp ? WordPieceDecoder.cleanedUp(joined) : joined)
  }
}
