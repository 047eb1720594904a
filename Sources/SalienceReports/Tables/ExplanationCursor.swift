/// What the attributions table holds of one explanation, specials left out of the scores.
struct StoredExplanation {
  let method: String
  let target: String
  let targetPosition: Int32?
  let targetIndex: Int32?
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

  init(_ columns: AttributionColumns, _ index: Int) {
    method = columns.method[index]
    target = columns.target[index]
    targetPosition = columns.targetPosition[index]
    targetIndex = columns.targetIndex[index]
  }

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

  fileprivate mutating func append(token: String?) {
    tokens.append(token ?? "")
    hasTokens = hasTokens && token != nil
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
  private var groups: RowGroupSequence
  private var columns = AttributionColumns()
  private var index = 0

  init(_ run: RunDirectory, model: String) {
    groups = RowGroupSequence(run.parts(of: .attributions, model: model))
  }

  /// The explanations of `row`, in table order; rows before it are skipped, none where it has none.
  mutating func explanations(of row: Int64) throws -> [StoredExplanation] {
    var found: [StoredExplanation] = []
    while try fill(), columns.row[index] <= row {
      if columns.row[index] == row { add(to: &found) }
      index += 1
    }
    return found
  }

  private mutating func fill() throws -> Bool {
    while index >= columns.count {
      guard let group = groups.next() else { return false }
      columns = try AttributionColumns(reading: group.get())
      index = 0
    }
    return true
  }

  // A row group may end inside an explanation, so a new one begins at position 0 alone.
  private func add(to found: inout [StoredExplanation]) {
    if found.isEmpty || columns.position[index] == 0 {
      found.append(StoredExplanation(columns, index))
    }
    let last = found.count - 1
    found[last].tokenIDs.append(columns.tokenID[index])
    found[last].append(token: columns.token[index])
    found[last].special.append(columns.special[index])
    found[last].segments.append(columns.segment[index])
    found[last].words.append(columns.word[index])
    found[last].attribution.append(columns.attribution[index])
    found[last].normalized.append(columns.normalized[index])
    var offsets: Range<Int>?
    if let start = columns.start[index], let end = columns.end[index], start <= end { offsets = Int(start)..<Int(end) }
    found[last].offsets.append(offsets)
  }
}
