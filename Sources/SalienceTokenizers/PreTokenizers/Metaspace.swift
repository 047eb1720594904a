/// The Metaspace pre-tokenizer: makes spaces visible as `▁`, puts one before the text, and splits before each.
struct Metaspace: Sendable {
  /// Where a `▁` is put before a word that has none.
  enum PrependScheme: String, Sendable {
    /// At the start of the text alone.
    case first
    case never
    case always
  }

  let replacement: UInt32
  let prependScheme: PrependScheme
  private let splits: Bool

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    replacement = try component.member("replacement").scalar()
    var scheme = PrependScheme.always
    if let name = component.optional("prepend_scheme") {
      guard let known = PrependScheme(rawValue: try name.string()) else {
        throw name.error(.malformed, "expected 'first', 'never' or 'always'")
      }
      scheme = known
    }
    // Older files say true or false.
    if component.optional("add_prefix_space") != nil, !(try component.bool("add_prefix_space")) {
      if let name = component.optional("prepend_scheme"), scheme != .never {
        throw name.error(.malformed, "'add_prefix_space' is false, which only 'never' agrees with")
      }
      scheme = .never
    }
    prependScheme = scheme
    splits = try component.bool("split", default: true)
  }

  func apply(to text: inout PreTokenizedText) {
    for index in text.text.elements.indices where text.text.elements[index].scalar == 0x20 {
      text.text.elements[index].scalar = replacement
    }
    switch prependScheme {
    case .never: break
    case .always: text.prepend(replacement) { $0.scalar != replacement }
    case .first: text.prepend(replacement) { $0.scalar != replacement && $0.start == 0 }
    }
    guard splits else { return }
    var words: [Range<Int>] = []
    words.reserveCapacity(text.words.count * 2)
    for word in text.words {
      SplitBehavior.mergedWithNext.split(text.text, word, into: &words) { $0 == replacement }
    }
    text.words = words
  }
}
