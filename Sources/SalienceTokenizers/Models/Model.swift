/// A piece of a word: its place in the vocabulary, and its scalars in the text.
struct Piece: Sendable {
  var entry: Int
  var range: Range<Int>
  /// Whether the token is called as the text is written, not as in the vocabulary.
  var showsText = false
}

/// The model of a tokenizer.json: cuts words into the tokens of its vocabulary.
enum Model: Sendable {
  case wordPiece(WordPiece)
  case bpe(BPE)
  case unigram(Unigram)

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    switch try Self.type(of: component) {
    case "WordPiece": self = .wordPiece(try WordPiece(component))
    case "BPE": self = .bpe(try BPE(component))
    case "Unigram": self = .unigram(try Unigram(component))
    case let name: throw component.error(.unsupported, "model '\(name)' is not supported")
    }
  }

  /// The name of the type, which older files leave out.
  static func type(of component: ConfigurationComponent) throws(TokenizerError) -> String {
    if let type = component.optional("type") { return try type.string() }
    if component.optional("merges") != nil { return "BPE" }
    return component.optional("vocab")?.value.arrayValue == nil ? "WordPiece" : "Unigram"
  }

  var vocabulary: Vocabulary {
    switch self {
    case .wordPiece(let model): model.vocabulary
    case .bpe(let model): model.vocabulary
    case .unigram(let model): model.vocabulary
    }
  }

  var unknownToken: String? {
    switch self {
    case .wordPiece(let model): model.unknownToken
    case .bpe(let model): model.unknownToken
    case .unigram(let model): model.unknownToken
    }
  }

  /// Appends the pieces of the word `range`.
  func tokenize(
    _ text: NormalizedText, _ range: Range<Int>, cache: WordCache, into pieces: inout [Piece]
  ) throws(TokenizerError) {
    switch self {
    case .wordPiece(let model): try model.tokenize(text, range, into: &pieces)
    case .bpe(let model):
      var start = range.lowerBound
      while start < range.upperBound {
        let part = start..<model.endOfPart(of: text, from: start, in: range)
        start = part.upperBound
        if cache.find(text, part, into: &pieces) { continue }
        let first = pieces.count
        try model.tokenize(text, part, into: &pieces)
        cache.insert(text, part, pieces[first...])
      }
    case .unigram(let model):
      if cache.find(text, range, into: &pieces) { return }
      let first = pieces.count
      try model.tokenize(text, range, into: &pieces)
      cache.insert(text, range, pieces[first...])
    }
  }
}
