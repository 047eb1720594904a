/// The byte-level pre-tokenizer: splits as GPT-2 does, unless told not to, and writes each word in letters of bytes.
struct ByteLevelPreTokenizer: Sendable {
  private let addsPrefixSpace: Bool
  /// What cuts the text into words; nil where an earlier pre-tokenizer has done that.
  private let pattern: Pattern?

  /// GPT-2's pattern: contractions, words, numbers and other runs with the space before them, and white space.
  private static let regex =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    addsPrefixSpace = try component.bool("add_prefix_space")
    pattern = try component.bool("use_regex", default: true) ? Pattern(regex: Self.regex, in: component) : nil
  }

  func apply(to text: inout PreTokenizedText) throws(TokenizerError) {
    if addsPrefixSpace { text.prepend(0x20) { $0.scalar != 0x20 } }
    if let pattern {
      var words: [Range<Int>] = []
      for word in text.words { SplitBehavior.isolated.split(try pattern.matches(text.text, word), into: &words) }
      text.words = words
    }
    var elements: [NormalizedText.Element] = []
    elements.reserveCapacity(text.text.count + text.text.count / 4)
    for index in text.words.indices {
      let start = elements.count
      for position in text.words[index] { ByteLevelAlphabet.append(text.text.elements[position], to: &elements) }
      text.words[index] = start..<elements.count
    }
    text.text.elements = elements
  }
}

extension PreTokenizedText {
  /// Puts `scalar` before each word whose first element asks for it, with the range of that element.
  mutating func prepend(_ scalar: UInt32, where condition: (NormalizedText.Element) -> Bool) {
    var elements: [NormalizedText.Element] = []
    elements.reserveCapacity(text.count + words.count)
    for index in words.indices {
      let start = elements.count
      let first = text.elements[words[index].lowerBound]
      if condition(first) {
        elements.append(NormalizedText.Element(scalar: scalar, start: first.start, end: first.end))
      }
      elements.append(contentsOf: text.elements[words[index]])
      words[index] = start..<elements.count
    }
    text.elements = elements
  }
}
