import SalienceAttribution
import SalienceTokenizers

/// A row of the attributions table: one token's score in one explanation.
public struct AttributionRow: TableRow, Equatable {
  public var key = ExplanationKey()
  public var position: Int32 = 0
  public var token: String?
  public var tokenID: Int32 = 0
  public var special = false
  public var segment: Int8 = 0
  public var word: Int32?
  public var start: Int32?
  public var end: Int32?
  public var attribution: Float = 0
  public var normalized: Float = 0
  public var wordAttribution: Float?

  public init() {}

  public static let table = TableDefinition<AttributionRow>(
    "attributions",
    doc: "One row per token, method and target: the scores. A generated token is explained by those before it alone."
  ) {
    ExplanationKey.columns(\.key)
    Column("position", \.position, dictionary: true, doc: "Place of the token in the model's input, from 0.")
    Column(
      "token", \.token, dictionary: true, doc: "The token as the vocabulary writes it; null with `output.text: false`.")
    Column("token_id", \.tokenID, dictionary: true, doc: "The token's id in the vocabulary.")
    Column("special", \.special, doc: "Whether the tokenizer added the token: [CLS], [SEP] and their like.")
    Column(
      "segment", \.segment, dictionary: true,
      doc: "0 for a token of the text and 1 for one of its pair; for special tokens the type that the model reads.")
    Column(
      "word", \.word, dictionary: true,
      doc: "The pre-tokenizer's number of the word that the token is part of; null for special and generated tokens.")
    Column(
      "start", \.start, dictionary: true,
      doc: "Where the token begins, in Unicode scalars of the text or, in segment 1, of its pair; null for special and"
        + " generated tokens.")
    Column("end", \.end, dictionary: true, doc: "Where the token ends: the scalar behind its last.")
    Column("attribution", \.attribution, doc: "The raw score, with its sign: a sum over the hidden dimension.")
    Column("normalized", \.normalized, doc: "The score as the method's `normalize` asks.")
    Column(
      "word_attribution", \.wordAttribution, isLater: true,
      doc: "`attribution` of the token's whole word, merged as `output.words` says, the same on each of its tokens;"
        + " null without `output.words`.")
  }
}

extension AttributionRow: ExampleRow {
  /// The tokens that each explanation in turn covers.
  ///
  /// - Throws: `ReportError.invalidExample` where the arrays of the encoding or of an explanation have different counts,
  ///   or a number does not fit the table.
  public static func rows(of scored: ScoredExample, _ contents: TableContents) throws -> [AttributionRow] {
    _ = try scored.checkedTokenCount()
    let words = contents.words == nil ? [] : WordPieces.ranges(scored.encoding)
    var rows: [AttributionRow] = []
    rows.reserveCapacity(scored.explanations.reduce(0) { $0 + $1.attributions.count })
    for explanation in scored.explanations {
      try append(explanation, of: scored, contents, words, to: &rows)
    }
    return rows
  }

  /// Adds the tokens that one explanation covers.
  ///
  /// - Parameter words: the tokens of each word, where scores are merged.
  private static func append(
    _ explanation: Explanation, of scored: ScoredExample, _ contents: TableContents, _ words: [Range<Int>],
    to rows: inout [AttributionRow]
  ) throws {
    let encoding = scored.encoding
    let merged = contents.words?.spread(explanation.attributions, over: words) ?? []
    var row = AttributionRow()
    row.key = try ExplanationKey(explanation, of: scored, includeText: contents.includeText)
    for token in explanation.attributions.indices {
      row.position = Int32(clamping: token)
      row.token = contents.includeText ? encoding.tokens[token] : nil
      row.tokenID = encoding.ids[token]
      row.special = encoding.special[token]
      row.segment = Int8(clamping: encoding.segment(of: token))
      row.word = encoding.words[token]
      row.start = try encoding.offsets[token].map { try scored.narrow($0.lowerBound, "start") }
      row.end = try encoding.offsets[token].map { try scored.narrow($0.upperBound, "end") }
      row.attribution = explanation.attributions[token]
      row.normalized = explanation.normalized[token]
      row.wordAttribution = merged.isEmpty ? nil : merged[token]
      rows.append(row)
    }
  }

  /// The tokens that one explanation covers; its example's arrays have been checked.
  static func rows(of explanation: Explanation, of scored: ScoredExample) throws -> [AttributionRow] {
    var rows: [AttributionRow] = []
    try append(explanation, of: scored, TableContents(), [], to: &rows)
    return rows
  }
}
