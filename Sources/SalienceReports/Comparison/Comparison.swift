import SalienceFoundation

/// Compares checkpoints by the tables of their runs.
///
/// Examples are joined by row and id, explanations by method, target and target position. Examples whose texts differ
/// are counted and not compared. Where a method explains
/// one target in A and another in B (each its own prediction), the two are paired without similarities. So are
/// explanations of different token sequences: checkpoints with different tokenizers are `comparable: false`, not
/// aligned. Memory holds a row group a table, the word sums, and 12 bytes an explanation for the medians.
public struct Comparison: Sendable {
  /// One checkpoint's tables.
  public struct Side: Sendable, Equatable {
    public let run: RunDirectory
    public let model: String
    /// The name in the output.
    public let name: String

    public init(run: RunDirectory, model: String, name: String) {
      self.run = run
      self.model = model
      self.name = name
    }
  }

  /// Positions compared by Jaccard.
  public var k: Int
  /// Occurrences a word needs for the words table.
  public var minimumCount: Int
  /// Leaves texts that look like spreadsheet formulas as they are in the CSV files.
  public var raw: Bool

  public init(k: Int = 5, minimumCount: Int = 5, raw: Bool = false) {
    self.k = max(1, k)
    self.minimumCount = max(1, minimumCount)
    self.raw = raw
  }

  /// Compares each pair and writes `comparison` and `words`, as .parquet and .csv, into `directory`, made if needed.
  ///
  /// - Throws: `ReportError`, `FileFault`, and `ParquetError` where a table cannot be read or written.
  public func write(_ pairs: [(Side, Side)], to directory: String) throws -> [ComparisonSummary] {
    try DurableFile.makeDirectories(directory)
    let formats: [any ReportFormat] = [ParquetFormat(), CSVFormat(raw: raw)]
    let examples = try ComparisonWriter<ComparedExplanation>(directory: directory, formats: formats)
    let words = try ComparisonWriter<WordMovement>(directory: directory, formats: formats)
    var summaries: [ComparisonSummary] = []
    for (a, b) in pairs {
      var summary = ComparisonSummary(modelA: a.name, modelB: b.name, k: k)
      var tally = WordTally()
      try compare(a, b, into: examples, &summary, &tally)
      guard summary.examples > 0 else {
        let reason =
          summary.otherTexts > 0
          ? "has other texts than \(a.name) under the same ids: other datasets?"
          : "shares no example with \(a.name): other datasets?"
        throw ReportError(.nothingToCompare, reason, at: b.name)
      }
      summary.words = tally.movements(modelA: a.name, modelB: b.name, minimumCount: minimumCount)
      try words.append(summary.words)
      summaries.append(summary)
    }
    try examples.finish()
    try words.finish()
    // The four files that stand in the end are one comparison's.
    let lock = FolderLock(directory)
    try examples.publish()
    try words.publish()
    _ = consume lock
    return summaries
  }

  private func compare(
    _ a: Side, _ b: Side, into writer: ComparisonWriter<ComparedExplanation>, _ summary: inout ComparisonSummary,
    _ tally: inout WordTally
  ) throws {
    var predictionsA = PredictionCursor(a.run, model: a.model, includingTexts: true)
    var predictionsB = PredictionCursor(b.run, model: b.model, includingTexts: true)
    var explanationsA = ExplanationCursor(a.run, model: a.model)
    var explanationsB = ExplanationCursor(b.run, model: b.model)
    var rowA = try predictionsA.next()
    var rowB = try predictionsB.next()
    var rows: [ComparedExplanation] = []
    while let first = rowA, let second = rowB {
      if first.row == second.row, first.exampleID.utf8.elementsEqual(second.exampleID.utf8),
        first.hasOtherTexts(than: second)
      {
        summary.otherTexts += 1
      } else if first.row == second.row, first.exampleID.utf8.elementsEqual(second.exampleID.utf8) {
        // One run has one dataset.
        if a.run != b.run, first.text == nil || second.text == nil { summary.unknownTexts += 1 }
        let flip = !first.predicted.utf8.elementsEqual(second.predicted.utf8)
        summary.count(flip: flip)
        let pairs = Self.pair(
          try explanationsA.explanations(of: first.row), try explanationsB.explanations(of: second.row))
        for (x, y) in pairs {
          let row = compared(a, b, first, second, x, y)
          if row.comparable { tally.add(x, y) }
          if !x.hasTokens || !y.hasTokens { summary.withoutTokens += 1 }
          summary.add(row)
          rows.append(row)
        }
      } else {
        summary.unmatchedExamples += 1
      }
      if rows.count >= 4096 {
        try writer.append(rows)
        rows.removeAll(keepingCapacity: true)
      }
      if first.row <= second.row { rowA = try predictionsA.next() }
      if second.row <= first.row { rowB = try predictionsB.next() }
    }
    while rowA != nil {
      summary.unmatchedExamples += 1
      rowA = try predictionsA.next()
    }
    while rowB != nil {
      summary.unmatchedExamples += 1
      rowB = try predictionsB.next()
    }
    try writer.append(rows)
  }

  /// Same targets first; what is left of a method is paired in order.
  private static func pair(
    _ a: [StoredExplanation], _ b: [StoredExplanation]
  ) -> [(StoredExplanation, StoredExplanation)] {
    var partner = [Int?](repeating: nil, count: a.count)
    var free = Array(b.indices)
    for match in [StoredExplanation.belongsWith, { x in { $0.method.utf8.elementsEqual(x.method.utf8) } }] {
      for index in a.indices where partner[index] == nil {
        guard let place = free.firstIndex(where: { match(a[index])(b[$0]) }) else { continue }
        partner[index] = free.remove(at: place)
      }
    }
    return zip(a, partner).compactMap { first, index in index.map { (first, b[$0]) } }
  }

  private func compared(
    _ a: Side, _ b: Side, _ first: PredictionRow, _ second: PredictionRow, _ x: StoredExplanation,
    _ y: StoredExplanation
  ) -> ComparedExplanation {
    let comparable = x.belongsWith(y) && x.hasSameTokens(as: y)
    let scores = comparable ? x.withoutSpecial(x.attribution) : []
    let similarity = comparable ? Similarity(scores, y.withoutSpecial(y.attribution), k: k) : nil
    var row = ComparedExplanation()
    row.row = first.row
    row.exampleID = first.exampleID
    row.method = x.method
    (row.modelA, row.modelB) = (a.name, b.name)
    (row.predictedA, row.predictedB) = (first.predicted, second.predicted)
    row.flip = !first.predicted.utf8.elementsEqual(second.predicted.utf8)
    (row.probabilityA, row.probabilityB) = (first.probability, second.probability)
    (row.targetA, row.targetB) = (x.target, y.target)
    row.comparable = comparable
    row.tokens = comparable ? Int32(clamping: scores.count) : nil
    row.cosine = similarity?.cosine
    row.spearman = similarity?.spearman
    row.jaccard = similarity?.topKJaccard
    (row.targetPositionA, row.targetPositionB) = (x.targetPosition, y.targetPosition)
    return row
  }
}
