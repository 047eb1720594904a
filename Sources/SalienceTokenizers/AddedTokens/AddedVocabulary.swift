/// The added tokens of a tokenizer: their ids, and how to find them in a text.
struct AddedVocabulary: Sendable {
  /// Tokens that are looked for in the original text.
  private(set) var inOriginal = AddedTokenMatcher()
  /// Tokens that are looked for in the normalized text.
  private(set) var inNormalized = AddedTokenMatcher()
  /// The tokens and their ids.
  private(set) var vocabulary = Vocabulary()
  /// Tokens that the model's vocabulary has not.
  private(set) var newCount = 0
  private var special = ScalarTrie()
  /// Tokens that are written otherwise once normalized, by id.
  private var normalizedContents: [Int32: String] = [:]

  /// Takes the tokens of a tokenizer.json, then others; one the vocabulary lacks gets the next free id, as in Hugging
  /// Face `tokenizers`, and it is an error where the file says another.
  ///
  /// - Parameters:
  ///   - component: the list of the tokenizer.json; nil for none.
  ///   - others: those that other files add.
  init(
    _ component: ConfigurationComponent?, adding others: [AddedToken], vocabulary model: Vocabulary,
    normalizer: Normalizer?
  ) throws(TokenizerError) {
    var lists = (special: [AddedToken](), other: [AddedToken]())
    var latest: [Int32: AddedToken] = [:]
    var stored: [AddedToken] = []
    for element in try component?.elements() ?? [] { stored.append(try AddedToken(element)) }
    for batch in [stored, others] {
      for token in batch where token.isSpecial && !token.content.isEmpty && !isSpecial(token.content) {
        lists.special.append(token)
        special.insert(token.content.unicodeScalars.map(\.value), value: 0)
      }
      var nextID = Self.nextID(after: vocabulary.highestID, of: model)
      for token in batch {
        if token.content.isEmpty { continue }
        let own = vocabulary.id(of: token.content)
        if let own, latest[own] == token { continue }
        let known = own ?? model.id(of: token.content)
        if known == nil { newCount += 1 }
        let id = known ?? nextID
        if known == nil { nextID += 1 }
        vocabulary.add(token.content, id: id)
        latest[id] = token
        if !isSpecial(token.content) { lists.other.append(token) }
      }
    }
    for element in try component?.elements() ?? [] {
      let content = try element.member("content").string()
      guard !content.isEmpty else { continue }
      let stated = try element.member("id").index()
      guard let id = vocabulary.id(of: content), id != stated else { continue }
      throw element.error(.malformed, "id \(stated) does not fit: by the vocabulary it would be \(id)")
    }
    // Where patterns are equal, special tokens come before the others.
    for token in lists.special + lists.other {
      guard let id = vocabulary.id(of: token.content) else { continue }
      // Where a token was added twice, the first entry says in which text it is looked for, and the last how.
      let rules = latest[id] ?? token
      let scalars = token.content.unicodeScalars.map(\.value)
      if !token.isNormalized {
        inOriginal.add(rules, id: id, pattern: scalars)
        continue
      }
      var pattern = NormalizedText(scalars, 0..<scalars.count)
      try normalizer?.normalize(&pattern)
      guard pattern.count > 0 else {
        let message = "an added token is empty once it is normalized"
        throw component?.error(.unsupported, message) ?? TokenizerError(code: .unsupported, message: message)
      }
      let written = pattern.elements.map(\.scalar)
      if written != scalars { normalizedContents[id] = Decoder.text(of: written) }
      inNormalized.add(rules, id: id, pattern: written)
    }
  }

  /// Ids are counted on from the vocabulary's size, or from the highest id of an added token that is no less.
  private static func nextID(after highest: Int32, of model: Vocabulary) -> Int32 {
    let count = Int32(model.count)
    return highest >= count || (count == 0 && highest >= 0) ? highest + 1 : count
  }

  /// The token of an id as it is looked for in a text: normalized where it is.
  func writtenToken(of id: Int32) -> String? { normalizedContents[id] ?? vocabulary.token(of: id) }

  /// Whether a token is one of those marked as special.
  func isSpecial(_ token: String) -> Bool { special.find(token) != nil }

  /// Takes special tokens that stand in a text for text.
  mutating func ignoreSpecialTokens() {
    inOriginal.ignore(isSpecial)
    inNormalized.ignore(isSpecial)
  }

  /// The ids that tokens get when they are added to a vocabulary.
  static func ids(of tokens: [AddedToken], over model: Vocabulary) -> Vocabulary {
    var ids = Vocabulary()
    var next = Int32(model.count)
    for token in tokens where !token.content.isEmpty && ids.id(of: token.content) == nil {
      let known = model.id(of: token.content)
      if known == nil { next += 1 }
      ids.add(token.content, id: known ?? next - 1)
    }
    return ids
  }
}
