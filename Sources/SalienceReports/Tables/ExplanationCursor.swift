import SalienceTokenizers

/// What the attributions table holds of one explanation, specials left out of the scores.
struct StoredExplanation {
  let key: ExplanationKey
  var tokenIDs: [Int32] = []
  /// Empty texts where the run holds none.
  var tokens: [String] = []
  /// Whether the run holds the tokens' texts.
  private(set) var hasTokens = true
  var special: [Bool] = []
  var segments: [Int8] = []
  var words: [Int32?] = []
  var attribution: [Float] = []
  var normalized: [Float] = []
  /// Half-open, in the text of the segment; nil for special and generated tokens.
  var offsets: [Range<Int>?] = []

  init(_ key: ExplanationKey) { self.key = key }

  var method: String { key.method }
  var target: String { key.target }
  var targetPosition: Int32? { key.targetPosition }

  func belongsWith(_ other: StoredExplanation) -> Bool {
    method.utf8.elementsEqual(other.method.utf8) && target.utf8.elementsEqual(other.target.utf8)
      && targetPosition == other.targetPosition
  }

  /// Whether both explain the same token sequence, so that position i is the same token in each.
  ///
  /// Where a run holds no texts, ids and offsets tell.
  func hasSameTokens(as other: StoredExplanation) -> Bool {
    guard
      tokenIDs == other.tokenIDs && special == other.special && segments == other.segments && words == other.words
    else { return false }
    guard hasTokens, other.hasTokens else { return offsets == other.offsets }
    return tokens.elementsEqual(other.tokens) { $0.utf8.elementsEqual($1.utf8) }
  }

  fileprivate mutating func append(_ row: AttributionRow) {
    tokens.append(row.token ?? "")
    hasTokens = hasTokens && row.token != nil
    tokenIDs.append(row.tokenID)
    special.append(row.special)
    segments.append(row.segment)
    words.append(row.word)
    attribution.append(row.attribution)
    normalized.append(row.normalized)
    var place: Range<Int>?
    if let start = row.start, let end = row.end, start <= end { place = Int(start)..<Int(end) }
    offsets.append(place)
  }

  /// The tokens of each word.
  var wordRanges: [Range<Int>] {
    WordPieces.ranges(tokens: tokens, words: words, segments: segments, special: special)
  }

  /// What the tokens stand for.
  var pieces: PieceText { PieceText(tokens, special: special) }

  /// `scores` of the tokens that are not special.
  func withoutSpecial(_ scores: [Float]) -> [Float] {
    scores.indices.filter { !special[$0] }.map { scores[$0] }
  }
}

/// Walks a model's attributions one row of the dataset at a time.
struct ExplanationCursor {
  private var rows: TableCursor<AttributionRow>

  init(_ run: RunDirectory, model: String) {
    rows = TableCursor(run.parts(of: .attributions, model: model))
  }

  /// The explanations of `row`, in table order; rows before it are skipped, none where it has none.
  mutating func explanations(of row: Int64) throws -> [StoredExplanation] {
    var found: [StoredExplanation] = []
    while let token = try rows.peek(), token.key.row <= row {
      _ = try rows.next()
      guard token.key.row == row else { continue }
      // A row group may end inside an explanation, so a new one begins at position 0 alone.
      if found.isEmpty || token.position == 0 { found.append(StoredExplanation(token.key)) }
      found[found.count - 1].append(token)
    }
    return found
  }
}
