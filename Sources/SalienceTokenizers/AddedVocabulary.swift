/// The added tokens of a tokenizer.json: their ids, and how to find them in a text.
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

  /// Reads the tokens; one the model's vocabulary lacks gets the next free id, as in Hugging Face `tokenizers`, and
  /// it is an error where the file says another.
  init(
    _ component: ConfigurationComponent?, vocabulary model: Vocabulary, normalizer: Normalizer?
  ) throws(TokenizerError) {
    guard let component else { return }
    var special: [(AddedToken, Int32)] = []
    var other: [(AddedToken, Int32)] = []
    var nextID = Int32(model.count)
    for element in try component.elements() {
      let token = try AddedToken(element)
      guard !token.content.isEmpty else { continue }
      let stated = try element.member("id").index()
      if vocabulary.id(of: token.content) != nil {
        if (special + other).contains(where: { $0.0 == token && $0.1 == stated }) { continue }
        throw element.error(.unsupported, "the token stands twice in the list")
      }
      let known = model.id(of: token.content)
      let id = known ?? nextID
      guard id == stated else {
        throw element.error(.malformed, "id \(stated) does not fit: by the vocabulary it would be \(id)")
      }
      vocabulary.add(token.content, id: id)
      if known == nil {
        newCount += 1
        nextID += 1
      }
      if token.isSpecial {
        special.append((token, id))
        self.special.insert(token.content.unicodeScalars.map(\.value), value: id)
      } else {
        other.append((token, id))
      }
    }
    // Where patterns are equal, special tokens come before the others.
    for (token, id) in special + other {
      let scalars = token.content.unicodeScalars.map(\.value)
      if !token.isNormalized {
        inOriginal.add(token, id: id, pattern: scalars)
        continue
      }
      var pattern = NormalizedText(scalars, 0..<scalars.count)
      normalizer?.normalize(&pattern)
      guard pattern.count > 0 else {
        throw component.error(.unsupported, "an added token is empty once it is normalized")
      }
      let written = pattern.elements.map(\.scalar)
      if written != scalars { normalizedContents[id] = Decoder.text(of: written) }
      inNormalized.add(token, id: id, pattern: written)
    }
  }

  /// The token of an id as it is looked for in a text: normalized where it is.
  func writtenToken(of id: Int32) -> String? { normalizedContents[id] ?? vocabulary.token(of: id) }

  /// Whether a token is one of those marked as special.
  func isSpecial(_ token: String) -> Bool { special.find(token) != nil }
}
