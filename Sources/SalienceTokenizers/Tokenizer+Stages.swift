/// A text in tokens, before special tokens are put around them.
struct TokenizedText {
  var tokens: [String] = []
  var ids: [Int32] = []
  var offsets: [Range<Int>] = []
  var words: [Int32] = []

  var count: Int { ids.count }
}

/// A word of a text: what the pre-tokenizer hands to the model.
public struct Word: Sendable, Equatable {
  /// The word as the model sees it, normalized.
  public let text: String
  /// Half-open range in Unicode scalars of the original text.
  public let offsets: Range<Int>
  /// The id where the word is an added token.
  public let addedTokenID: Int32?
}

extension Tokenizer {
  /// A text as the model's normalizer leaves it; added tokens are not looked for.
  ///
  /// - Throws: `TokenizerError` with code `excessiveWork`, naming a rule without end.
  public func normalize(_ text: String) throws -> String {
    let scalars = text.unicodeScalars.map(\.value)
    var normalized = NormalizedText(scalars, 0..<scalars.count)
    try normalizer?.normalize(&normalized)
    return normalized.string(0..<normalized.count)
  }

  /// The words of a text, added tokens among them, in order.
  ///
  /// - Throws: `TokenizerError` with code `excessiveWork`, naming a rule without end.
  public func words(in text: String) throws -> [Word] {
    var words: [Word] = []
    try forEachWord(of: text) { (normalized, range, id) throws(TokenizerError) in
      words.append(
        Word(text: normalized.string(range), offsets: normalized.originalRange(range), addedTokenID: id))
    }
    return words
  }

  /// Normalizes, splits and cuts a text into the model's tokens.
  func tokenize(_ text: String) throws(TokenizerError) -> TokenizedText {
    try caches.withCache { (cache) throws(TokenizerError) in try tokenize(text, cache) }
  }

  private func tokenize(_ text: String, _ cache: WordCache) throws(TokenizerError) -> TokenizedText {
    var result = TokenizedText()
    var pieces: [Piece] = []
    var word: Int32 = 0
    try forEachWord(of: text) { (normalized, range, id) throws(TokenizerError) in
      if let id {
        result.ids.append(id)
        // The text it was found as: with the white space it took in, and normalized where it is.
        result.tokens.append(normalized.string(range))
        result.offsets.append(normalized.originalRange(range))
        result.words.append(word)
      } else {
        pieces.removeAll(keepingCapacity: true)
        try model.tokenize(normalized, range, cache: cache, into: &pieces)
        for piece in pieces {
          result.ids.append(model.vocabulary.ids[piece.entry])
          result.tokens.append(
            piece.showsText ? normalized.string(piece.range) : model.vocabulary.tokens[piece.entry])
          result.offsets.append(normalized.originalRange(piece.range))
          result.words.append(word)
        }
      }
      word += 1
    }
    return result
  }

  /// Calls `body` with each word: the text it stands in, its range there, and its id where it is an added token.
  private func forEachWord(
    of text: String, _ body: (NormalizedText, Range<Int>, Int32?) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    var scalars: [UInt32] = []
    scalars.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars { scalars.append(scalar.value) }
    let original = NormalizedText(scalars, 0..<scalars.count)
    for part in added.inOriginal.split(original) where !part.range.isEmpty {
      if let id = part.id {
        try body(original, part.range, id)
        continue
      }
      var normalized = part.range.count == original.count ? original : NormalizedText(scalars, part.range)
      try normalizer?.normalize(&normalized)
      for piece in added.inNormalized.split(normalized) where !piece.range.isEmpty {
        if let id = piece.id {
          try body(normalized, piece.range, id)
          continue
        }
        guard let preTokenizer else {
          try body(normalized, piece.range, nil)
          continue
        }
        var split = PreTokenizedText(text: normalized, words: [piece.range])
        try preTokenizer.apply(to: &split)
        for word in split.words { try body(split.text, word, nil) }
      }
    }
  }

  /// Fills the template of the post-processor with `kept` tokens of each text, from the side that is not cut.
  func assemble(_ texts: [TokenizedText], kept: [Int], _ slots: [PostProcessor.Slot]) -> Encoding {
    var encoding = Encoding(givesTypes: givesTypes)
    encoding.reserveCapacity(kept.reduce(0, +) + PostProcessor.specialCount(slots))
    for slot in slots {
      switch slot {
      case .special(let token, let id, let typeID):
        encoding.ids.append(id)
        encoding.tokens.append(token)
        encoding.typeIDs.append(typeID)
        encoding.special.append(true)
        encoding.offsets.append(nil)
        encoding.words.append(nil)
        encoding.sequences.append(nil)
      case .sequence(let number, let typeID):
        let text = texts[Int(number)]
        let count = kept[Int(number)]
        let range = truncationSide == .left ? text.count - count..<text.count : 0..<count
        encoding.ids += text.ids[range]
        encoding.tokens += text.tokens[range]
        encoding.typeIDs += repeatElement(typeID, count: count)
        encoding.special += repeatElement(false, count: count)
        for index in range {
          let offsets = text.offsets[index]
          // The first token that is left counts as the text's first, as in Hugging Face `tokenizers`.
          let place = index - range.lowerBound
          encoding.offsets.append(postProcessor.trimmed(offsets, of: text.tokens[index], at: place))
          encoding.words.append(text.words[index])
        }
        encoding.sequences += repeatElement(UInt8?.some(number), count: count)
      }
    }
    return encoding
  }
}

extension Encoding {
  fileprivate mutating func reserveCapacity(_ count: Int) {
    ids.reserveCapacity(count)
    tokens.reserveCapacity(count)
    typeIDs.reserveCapacity(count)
    special.reserveCapacity(count)
    offsets.reserveCapacity(count)
    words.reserveCapacity(count)
    sequences.reserveCapacity(count)
  }
}
