import SalienceFoundation

/// What a comparison of two checkpoints comes to.
public struct ComparisonSummary: Sendable {
  public let modelA: String
  public let modelB: String
  /// Positions compared by Jaccard.
  public let k: Int
  /// Examples that both have.
  public private(set) var examples: Int64 = 0
  /// Examples with different predictions.
  public private(set) var flips: Int64 = 0
  /// Rows that only one of the two has, or that have different ids.
  public internal(set) var unmatchedExamples: Int64 = 0
  /// Examples with one id and other texts under it, which are not compared.
  public internal(set) var otherTexts: Int64 = 0
  /// Examples of two runs of which one holds no texts, so that nobody knows whether they are the same.
  public internal(set) var unknownTexts: Int64 = 0
  /// Explanations paired, and those of them over other targets or other tokens.
  public private(set) var explanations: Int64 = 0
  public private(set) var incomparable: Int64 = 0
  /// Explanations whose runs hold no tokens, and so no words.
  var withoutTokens: Int64 = 0
  /// Words by method and target, the largest change first.
  public internal(set) var words: [WordMovement] = []
  private var values: [ExactText: [[Float]]] = [:]

  init(modelA: String, modelB: String, k: Int) {
    self.modelA = modelA
    self.modelB = modelB
    self.k = k
  }

  /// Mean and median of one measure over the explanations that have it.
  public struct Average: Sendable, Equatable {
    public let mean: Double
    public let median: Double
    public let count: Int
  }

  /// Methods compared, in byte order.
  public var methods: [String] {
    values.keys.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Averages of cosine, Spearman and Jaccard for a method; nil where no explanation has the measure.
  public func averages(of method: String) -> (cosine: Average?, spearman: Average?, jaccard: Average?) {
    let lists = values[ExactText(method)] ?? [[], [], []]
    return (Self.average(lists[0]), Self.average(lists[1]), Self.average(lists[2]))
  }

  mutating func count(flip: Bool) {
    examples += 1
    if flip { flips += 1 }
  }

  mutating func add(_ row: ComparedExplanation) {
    explanations += 1
    if !row.comparable { incomparable += 1 }
    for (index, value) in [row.cosine, row.spearman, row.jaccard].enumerated() {
      if let value { values[ExactText(row.method), default: [[], [], []]][index].append(Float(value)) }
    }
  }

  private static func average(_ values: [Float]) -> Average? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    let median =
      sorted.count % 2 == 1 ? Double(sorted[middle]) : (Double(sorted[middle - 1]) + Double(sorted[middle])) / 2
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    return Average(mean: mean, median: median, count: values.count)
  }

  /// The summary for a terminal: flips, similarities and the words that moved most, up and down.
  ///
  /// - Parameter topWords: words a direction, method and target.
  public func text(topWords: Int = 8) -> String {
    let share = examples == 0 ? 0 : 100 * Double(flips) / Double(examples)
    var lines = [
      "\(TerminalText.visible(modelA)) -> \(TerminalText.visible(modelB))",
      "  flips        \(flips) of \(examples) examples (\(TerminalText.fixed(share, 1)) %)",
    ]
    if unmatchedExamples > 0 { lines.append("  unmatched    \(unmatchedExamples) examples") }
    if otherTexts > 0 {
      lines.append("  other texts  \(otherTexts) examples have one id but other texts, and are not compared")
    }
    if unknownTexts > 0 {
      lines.append("  no texts     in the tables of \(unknownTexts) examples: they may not be the same")
    }
    if incomparable > 0 {
      lines.append("  no measure   \(incomparable) of \(explanations) explanations: other target or other tokens")
    }
    if withoutTokens > 0 { lines.append("  no words     the tables hold ids of tokens alone") }
    for method in methods {
      let (cosine, spearman, jaccard) = averages(of: method)
      lines.append("  \(TerminalText.visible(method))")
      for (name, average) in [("cosine", cosine), ("spearman", spearman), ("top-\(k) jaccard", jaccard)] {
        guard let average else { continue }
        let padded = name + String(repeating: " ", count: max(1, 17 - name.count))
        lines.append(
          "    \(padded)mean \(TerminalText.fixed(average.mean, 3))  median \(TerminalText.fixed(average.median, 3))")
      }
      for target in targets(of: method) {
        let moved = words.filter { $0.method == method && $0.target == target }
        append(Array(moved.filter { $0.meanChange > 0 }.prefix(topWords)), "up", target, to: &lines)
        append(Array(moved.filter { $0.meanChange < 0 }.prefix(topWords)), "down", target, to: &lines)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func targets(of method: String) -> [String] {
    var seen: [String] = []
    for word in words where word.method == method && seen.last != word.target { seen.append(word.target) }
    return seen
  }

  private func append(_ moved: [WordMovement], _ direction: String, _ target: String, to lines: inout [String]) {
    guard !moved.isEmpty else { return }
    let list = moved.map { "\(TerminalText.visible($0.word)) \(TerminalText.signed($0.meanChange, 2)) (\($0.count))" }
    lines.append("    \(direction) for \(TerminalText.visible(target)): \(list.joined(separator: ", "))")
  }
}
