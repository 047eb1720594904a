import Foundation
import SalienceJSON
import SalienceParquet
import SalienceReports
import SalienceTestSupport
import Testing

private let python = ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]

@Suite struct ComparisonTests {
  @Test func similarityOfKnownVectors() {
    let same = Similarity([1, -2, 0.5], [2, -4, 1], k: 2)
    #expect(abs((same.cosine ?? 0) - 1) < 1e-12)
    #expect(abs((same.spearman ?? 0) - 1) < 1e-12)
    #expect(same.topKJaccard == 1)
    let opposite = Similarity([1, 2, 3], [3, 2, 1], k: 1)
    #expect(abs((opposite.spearman ?? 0) + 1) < 1e-12)
    #expect(opposite.topKJaccard == 0)
    // Ties at the edge of the k: the earlier position is taken.
    #expect(Similarity([1, -1, 1], [1, 0, 0.5], k: 2).topKJaccard == 1.0 / 3)
    // scipy.stats.spearmanr([1, 1, 2, 3], [2, 1, 1, 5]).statistic
    #expect(abs((Similarity([1, 1, 2, 3], [2, 1, 1, 5]).spearman ?? 0) - 0.5) < 1e-9)
    let zeros = Similarity([0, 0], [1, 2])
    #expect(zeros.cosine == nil && zeros.spearman == nil && zeros.topKJaccard == 1)
    #expect(Similarity([], []).topKJaccard == nil)
  }

  private func sample(_ path: String) throws -> RunDirectory {
    try SampleRun.write(
      [
        ("early", (0..<100).map { SampleRun.example($0, model: 0) }),
        // Row 7 is missing and row 8 has other tokens of the same text.
        (
          "final",
          (0..<100).filter { $0 != 7 }.map { row in
            let scored = SampleRun.example(row, model: 1, tokens: row == 8 ? 20 : nil)
            return ScoredExample(
              example: SampleRun.example(row, model: 0).example, encoding: scored.encoding,
              prediction: scored.prediction, explanations: scored.explanations, status: scored.status)
          }
        ),
      ], into: path)
  }

  @Test func summaryCountsFlipsAndTheUnmatched() throws {
    let scratch = try Scratch()
    let pairs = try Comparison.pairs(of: [try sample("\(scratch.path)/run")])
    #expect(pairs.map { "\($0.0.name) \($0.1.name)" } == ["early final"])
    let summary = try #require(try Comparison().write(pairs, to: "\(scratch.path)/a/b").first)
    #expect(summary.examples == 99)
    #expect(summary.flips == 20)
    #expect(summary.unmatchedExamples == 1)
    #expect(summary.explanations == 297)
    // The flipped predictions of `ig`, and the three explanations of row 8.
    #expect(summary.incomparable == 23)
    let text = summary.text(topWords: 2)
    #expect(text.hasPrefix("early -> final\n  flips        20 of 99 examples (20.2 %)\n  unmatched    1 examples\n"))
    #expect(text.contains("  saliency\n    cosine           mean "))
    #expect(text.contains("    up for positive: "))
    let json = summary.json(topWords: 2)
    #expect(json["flips"]?.intValue == 20 && json["examples"]?.intValue == 99)
    #expect(json["model_a"]?.stringValue == "early" && json["unmatched_examples"]?.intValue == 1)
    #expect(json["methods"]?.arrayValue?.compactMap { $0["method"]?.stringValue } == ["ig", "saliency"])
    let cosine = try #require(json["methods"]?[0]?["cosine"])
    #expect(cosine["mean"]?.doubleValue == summary.averages(of: "ig").cosine?.mean)
    #expect(cosine["count"]?.intValue == summary.averages(of: "ig").cosine?.count)
    let words = try #require(json["words"]?.arrayValue)
    let rising = words.filter { $0["target"]?.stringValue == "positive" && $0["method"]?.stringValue == "saliency" }
      .filter { ($0["mean_change"]?.doubleValue ?? 0) > 0 }
    #expect(rising.count == 2, "two words a direction, method and target")
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/a/b").sorted()
    #expect(files == ["comparison.csv", "comparison.parquet", "words.csv", "words.parquet"])
    let reader = try ParquetReader(path: "\(scratch.path)/a/b/comparison.parquet")
    #expect(
      reader.schema.columns.map(\.name) == [
        "row", "example_id", "method", "model_a", "model_b", "predicted_a", "predicted_b", "flip", "probability_a",
        "probability_b", "target_a", "target_b", "comparable", "tokens", "cosine", "spearman", "jaccard",
        "target_position_a", "target_position_b",
      ])
  }

  @Test func runsAreComparedByNamesake() throws {
    let scratch = try Scratch()
    let first = try sample("\(scratch.path)/one")
    let second = try sample("\(scratch.path)/two")
    let pairs = try Comparison.pairs(of: [first, second])
    #expect(
      pairs.map { "\($0.0.name) \($0.1.name)" } == ["one/early two/early", "one/final two/final"])
    let summaries = try Comparison().write(pairs, to: "\(scratch.path)/out")
    #expect(summaries.map(\.flips) == [0, 0])
    #expect(summaries.map(\.incomparable) == [0, 0])
    for summary in summaries { #expect(summary.averages(of: "ig").jaccard?.mean == 1) }
  }

  @Test func oneCheckpointIsNothingToCompare() throws {
    let scratch = try Scratch()
    let run = try SampleRun.write([("m", [SampleRun.example(0, model: 0)])], into: scratch.path)
    let error = #expect(throws: ReportError.self) { try Comparison.pairs(of: [run]) }
    #expect(error?.code == .nothingToCompare)
  }

  @Test(.enabled(if: python != nil, "SALIENCE_PYTHON names no Python with pandas, pyarrow and scipy"))
  func agreesWithPandasAndSciPy() throws {
    let scratch = try Scratch()
    let run = try sample("\(scratch.path)/run")
    _ = try Comparison(k: 4, minimumCount: 3).write(try Comparison.pairs(of: [run]), to: "\(scratch.path)/out")
    try Program.expectPython(
      "Tests/SalienceReportsTests/comparison_reference.py",
      [run.path, "early", "final", "\(scratch.path)/out", "4", "3"])
  }
}
