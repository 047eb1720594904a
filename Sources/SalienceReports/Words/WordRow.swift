import SalienceTokenizers

/// A line of exported words: one word's score in one explanation.
public struct WordRow: TableRow, Equatable {
  public var key = ExplanationKey()
  public var position: Int32 = 0
  public var tokens: Int32 = 0
  public var wordText = ""
  public var special = false
  public var segment: Int8 = 0
  public var word: Int32?
  public var start: Int32?
  public var end: Int32?
  public var attribution: Float = 0
  public var normalized: Float = 0

  public init() {}

  public static let table = TableDefinition<WordRow>(
    "words", doc: "One line per word, method and target. A special token stands alone."
  ) {
    ExplanationKey.columns(\.key)
    Column("position", \.position, doc: "Place of the word's first token in the model's input, from 0.")
    Column("tokens", \.tokens, doc: "Tokens of the word.")
    Column(
      "word_text", \.wordText,
      doc: "The word as the text writes it, without white space around it; what the tokens spell where they were"
        + " generated.")
    Column("special", \.special, doc: "Whether it is a special token.")
    Column("segment", \.segment, doc: "0 for a word of the text and 1 for one of its pair.")
    Column("word", \.word, doc: "The pre-tokenizer's number of the word; null for special and generated tokens.")
    Column(
      "start", \.start,
      doc: "Where the word begins, in Unicode scalars: the first of its tokens' offsets, white space included where the"
        + " tokenizer has it in the token.")
    Column("end", \.end, doc: "Where the word ends: the scalar behind its last.")
    Column("attribution", \.attribution, doc: "The raw scores of the word's tokens, merged as `--words` says.")
    Column("normalized", \.normalized, doc: "The normalized scores of the word's tokens, merged in the same way.")
  }
}

extension WordRow {
  /// - Parameters:
  ///   - word: its tokens.
  ///   - pieces: what the explanation's tokens stand for.
  ///   - texts: the text and its pair, where the run holds them.
  init(
    _ explanation: StoredExplanation, _ word: Range<Int>, _ merge: WordMerge, _ pieces: PieceText,
    _ texts: [[Unicode.Scalar]?]
  ) {
    let first = word.lowerBound
    let offsets = explanation.offsets[word].compactMap { $0 }
    let (start, end) = (offsets.map(\.lowerBound).min(), offsets.map(\.upperBound).max())
    key = explanation.key
    position = Int32(clamping: first)
    tokens = Int32(clamping: word.count)
    wordText = Self.text(explanation, word, pieces, start, end, texts)
    special = explanation.special[first]
    segment = explanation.segments[first]
    self.word = explanation.words[first]
    self.start = start.map { Int32(clamping: $0) }
    self.end = end.map { Int32(clamping: $0) }
    attribution = merge.merge(explanation.attribution[word])
    normalized = merge.merge(explanation.normalized[word])
  }

  private static func text(
    _ explanation: StoredExplanation, _ word: Range<Int>, _ pieces: PieceText, _ start: Int?, _ end: Int?,
    _ texts: [[Unicode.Scalar]?]
  ) -> String {
    if let start, let end, let text = texts[explanation.segments[word.lowerBound] == 1 ? 1 : 0], 0 <= start,
      start < end, end <= text.count
    {
      return WordPieces.trimmed(text[start..<end])
    }
    return WordPieces.text(of: explanation.tokens[word], pieces)
  }
}
