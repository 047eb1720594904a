/// The unigram model: cuts a word so that the scores of its pieces add up to the most.
struct Unigram: Sendable {
  let vocabulary: Vocabulary
  private let scores: [Double]
  private let unknownEntry: Int32?
  private let unknownScore: Double
  private let byteEntries: [Int32]?

  /// What the score of an unknown character is below the lowest score.
  private static let unknownPenalty = 10.0

  init(_ component: ConfigurationComponent) throws(TokenizerError) {
    let list = try component.member("vocab")
    guard let entries = list.value.arrayValue else { throw list.error(.malformed, "expected an array") }
    guard entries.count < Int32.max / 2 else { throw list.error(.unsupported, "the vocabulary is too large") }
    var tokens: [String] = []
    var scores: [Double] = []
    for (position, entry) in entries.enumerated() {
      guard let token = entry[0]?.stringValue, let score = entry[1]?.doubleValue else {
        throw list.error(.malformed, "entry \(position) is no token with a score")
      }
      tokens.append(token)
      scores.append(score)
    }
    vocabulary = Vocabulary(tokens: tokens)
    self.scores = scores
    unknownScore = (scores.min() ?? .infinity) - Self.unknownPenalty
    unknownEntry = try component.optional("unk_id")?.index()
    if let unknownEntry, unknownEntry >= tokens.count {
      throw component.error(.malformed, "'unk_id' lies beyond the vocabulary")
    }
    byteEntries = try component.bool("byte_fallback", default: false) ? vocabulary.byteEntries : nil
  }

  var unknownToken: String? { unknownEntry.map { vocabulary.tokens[Int($0)] } }

  /// The best way to an end of a piece.
  private struct Node {
    var score = 0.0
    var start = -1
    var entry: Int32 = -1
  }

  /// Appends the pieces of the word `range`; unknown characters side by side make one piece.
  func tokenize(_ text: NormalizedText, _ range: Range<Int>, into pieces: inout [Piece]) throws(TokenizerError) {
    let nodes = try bestPaths(text, range)
    var cuts: [Range<Int>] = []  // from the end
    var end = range.upperBound
    var lastIsUnknown = false
    while end > range.lowerBound {
      let node = nodes[end - range.lowerBound]
      let isUnknown = node.entry == unknownEntry
      if isUnknown, lastIsUnknown, let last = cuts.popLast() {
        cuts.append(node.start..<last.upperBound)
      } else {
        cuts.append(node.start..<end)
      }
      lastIsUnknown = isUnknown
      end = node.start
    }
    for cut in cuts.reversed() { try append(cut, of: text, into: &pieces) }
  }

  private func bestPaths(_ text: NormalizedText, _ range: Range<Int>) throws(TokenizerError) -> [Node] {
    let trie = vocabulary.trie
    var nodes = [Node](repeating: Node(), count: range.count + 1)
    for start in range {
      let before = nodes[start - range.lowerBound].score
      var hasSingle = false
      var current = ScalarTrie.root
      var end = start
      while end < range.upperBound, let next = trie.step(from: current, by: text.elements[end].scalar) {
        end += 1
        current = next
        guard let entry = trie.value(at: next) else { continue }
        Self.offer(&nodes[end - range.lowerBound], before + scores[Int(entry)], from: start, entry)
        if end == start + 1 { hasSingle = true }
      }
      if !hasSingle {
        Self.offer(&nodes[start + 1 - range.lowerBound], before + unknownScore, from: start, unknownEntry ?? -1)
        if unknownEntry == nil, nodes[start + 1 - range.lowerBound].entry < 0 { throw Self.missingUnknown }
      }
    }
    return nodes
  }

  @inline(__always)
  private static func offer(_ node: inout Node, _ score: Double, from start: Int, _ entry: Int32) {
    if node.start < 0 || score > node.score { node = Node(score: score, start: start, entry: entry) }
  }

  private func append(
    _ range: Range<Int>, of text: NormalizedText, into pieces: inout [Piece]
  ) throws(TokenizerError) {
    if let entry = vocabulary.entry(of: text, range) {
      pieces.append(Piece(entry: entry, range: range))
      return
    }
    if let byteEntries {
      let bytes = Array(text.string(range).utf8)
      if bytes.allSatisfy({ byteEntries[Int($0)] >= 0 }) {
        for byte in bytes { pieces.append(Piece(entry: Int(byteEntries[Int(byte)]), range: range)) }
        return
      }
    }
    guard let unknownEntry else { throw Self.missingUnknown }
    pieces.append(Piece(entry: Int(unknownEntry), range: range, showsText: true))
  }

  private static let missingUnknown = TokenizerError(
    code: .missingUnknownToken, message: "a character is not in the vocabulary, and there is no unknown token")
}
