/// The WordPiece model: cuts a word into the longest pieces of its vocabulary, from left to right.
struct WordPiece: Sendable {
  let vocabulary: Vocabulary
  let unknownToken: String
  private let unknownID: Int32?
  /// Longest word, in scalars, that is cut at all.
  private let maximumWordLength: Int
  /// Where pieces after the first start in the trie; nil where no token carries the prefix.
  private let continuation: Int32?

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    vocabulary = try Vocabulary(try component.member("vocab"))
    unknownToken = try component.member("unk_token").string()
    unknownID = vocabulary.id(of: unknownToken)
    maximumWordLength = Int(try component.member("max_input_chars_per_word").index())
    let prefix = try component.member("continuing_subword_prefix").string()
    continuation = vocabulary.trie.walk(prefix.unicodeScalars.lazy.map(\.value))
  }

  /// Appends the pieces of the word `range`, or the unknown token where it cannot be cut.
  func tokenize(_ text: NormalizedText, _ range: Range<Int>, into pieces: inout [Piece]) throws(TokenizerError) {
    guard range.count <= maximumWordLength else { return try appendUnknown(range, into: &pieces) }
    let trie = vocabulary.trie
    let firstPiece = pieces.count
    var start = range.lowerBound
    while start < range.upperBound {
      var node = start == range.lowerBound ? ScalarTrie.root : continuation
      var longest: Piece?
      var index = start
      while let current = node, index < range.upperBound,
        let next = trie.step(from: current, by: text.elements[index].scalar)
      {
        index += 1
        if let entry = trie.value(at: next) { longest = Piece(entry: Int(entry), range: start..<index) }
        node = next
      }
      guard let longest else {
        pieces.removeLast(pieces.count - firstPiece)
        return try appendUnknown(range, into: &pieces)
      }
      pieces.append(longest)
      start = longest.range.upperBound
    }
  }

  private func appendUnknown(_ range: Range<Int>, into pieces: inout [Piece]) throws(TokenizerError) {
    guard unknownID != nil, let entry = vocabulary.trie.find(unknownToken) else {
      throw TokenizerError(
        code: .missingUnknownToken, message: "a word is not in the vocabulary, and neither is '\(unknownToken)'")
    }
    pieces.append(Piece(entry: Int(entry), range: range))
  }
}
