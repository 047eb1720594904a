/// The added tokens of a tokenizer.json: their ids, and how to find them in a text.
struct AddedVocabulary: Sendable {
  /// Tokens that are looked for in the original text.
  private(set) var inOriginal = AddedTokenMatcher()
  /// Tokens that are looked for in the normalized text.
  private(set) var inNormalized = AddedTokenMatcher()
  private(set) var ids: [(content: String, id: Int32)] = []
  private(set) var specialContents: [String] = []

  /// Reads the tokens; one the model's vocabulary lacks gets the next free id, as in Hugging Face `tokenizers`, and
  /// it is an error where the file says another.
  init(
    _ component: ConfigurationComponent?, vocabulary: Vocabulary, normalizer: Normalizer?
  ) throws(TokenizerError) {
    guard let component else { return }
    var known = ScalarTrie()
    var special: [(AddedToken, Int32)] = []
    var other: [(AddedToken, Int32)] = []
    var nextID = Int32(vocabulary.count)
    for element in try component.elements() {
      let token = try AddedToken(element)
      guard !token.content.isEmpty else { continue }
      let stated = try element.member("id").index()
      if known.find(token.content) != nil { throw element.error(.unsupported, "the token stands twice in the list") }
      let id = vocabulary.id(of: token.content) ?? nextID
      guard id == stated else {
        throw element.error(.malformed, "id \(stated) does not fit: by the vocabulary it would be \(id)")
      }
      if id >= nextID { nextID = id + 1 }
      known.insert(token.content.unicodeScalars.map(\.value), value: Int32(ids.count))
      ids.append((token.content, id))
      if token.isSpecial {
        special.append((token, id))
        specialContents.append(token.content)
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
      inNormalized.add(token, id: id, pattern: pattern.elements.map(\.scalar))
    }
  }
}
