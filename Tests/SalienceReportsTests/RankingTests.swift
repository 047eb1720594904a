import Foundation
import SalienceAttribution
import SalienceFoundation
import SalienceReports
import Testing

/// What `rank` makes of a run's metrics.
@Suite struct RankingTests {
  /// Normal numbers of unit variance, the same every time.
  private static func noise(_ row: Int, _ method: Int) -> Double {
    let seeds = SampleSeeds(ids: [Int32(row)], typeIDs: [Int32(method)], method: "noise", seed: 1)
    // The sum of twelve uniform numbers.
    return (0..<12).reduce(-6) { $0 + Double(seeds[$1] >> 11) * 0x1p-53 }
  }

  /// Three methods: the first's comprehensiveness is 1 above chance, the second's equal to it.
  private static func example(_ row: Int) -> ScoredExample {
    let sample = SampleRun.example(Int64(row), model: 0)
    let explanations = ["good", "weak", "chance"].enumerated().map { index, method in
      let shift = index == 0 ? 1.0 : 0
      var metrics = [
        MetricValue(.comprehensiveness, value: shift + noise(row, index)),
        // A point of a curve is none of the area's values.
        MetricValue(.comprehensiveness, fraction: 0.5, value: 1e9, evaluations: nil),
        MetricValue(.sufficiency, value: row % 4 == 0 ? nil : -shift + noise(row, index + 3)),
      ]
      if index == 0 { metrics.append(MetricValue(.agreementTau, otherMethod: "weak", value: 0.25)) }
      return Explanation(
        method: method, target: "positive", targetIndex: 1, output: 0, baselineOutput: nil, convergenceDelta: nil,
        steps: 10 * (index + 1), attributions: [], normalized: [], attributionSum: 0, attributionNorm: 0,
        metrics: metrics)
    }
    return ScoredExample(
      example: sample.example, encoding: sample.encoding, prediction: sample.prediction, explanations: explanations,
      status: sample.status)
  }

  private static let methods =
    "[{\"name\":\"saliency\",\"id\":\"weak\"},{\"name\":\"random\",\"id\":\"chance\"},"
    + "{\"name\":\"integrated-gradients\",\"id\":\"good\"}]"

  private func run(_ scratch: Scratch, rows: Int = 400, partRows: Int = 40) throws -> RunDirectory {
    let run = try SampleRun.write([("m", (0..<rows).map(Self.example))], into: scratch.path, partRows: partRows)
    try scratch.write(
      "run.json",
      """
      {"pipeline":{"methods":\(Self.methods)},"results":[{"model":"m","totals":{"methods":[{"id":"good","seconds":2.5}]}}]}
      """)
    return run
  }

  @Test func meansIntervalsAndOrder() throws {
    let scratch = try Scratch()
    let ranking = try #require(try run(scratch).rankings().first)
    #expect(ranking.examples == 400 && ranking.metrics == [.comprehensiveness, .sufficiency])
    #expect(ranking.methods.first?.id == "good" && ranking.methods.map(\.isRandom).filter { $0 }.count == 1)
    for method in ranking.methods {
      let index = try #require(["good", "weak", "chance"].firstIndex(of: method.id))
      #expect(method.evaluations == Double(10 * (index + 1)) && method.seconds == (index == 0 ? 2.5 : nil))
      for (score, rows) in zip(method.scores, [Array(0..<400), (0..<400).filter { $0 % 4 != 0 }]) {
        let values = rows.compactMap { row in
          Self.example(row).explanations[index].metrics.first { $0.metric == score.metric }?.value
        }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect(score.examples == rows.count && abs(score.mean.value - mean) < 1e-12)
        // A normal distribution's interval, as the mean of so many has one.
        let half = 1.96 * (variance / Double(values.count)).squareRoot()
        let interval = try #require(score.mean.interval)
        #expect(abs(interval.lowerBound - (mean - half)) < 0.2 * half, "\(method.id) \(score.metric)")
        #expect(abs(interval.upperBound - (mean + half)) < 0.2 * half, "\(method.id) \(score.metric)")
      }
    }
    #expect(ranking.methods[0].meanRank?.value == 1 && ranking.methods[0].meanRank?.interval == 1...1)
    #expect(ranking.agreements.map(\.methods) == [["weak", "good"]] && ranking.agreements[0].mean.value == 0.25)
  }

  @Test func chanceIsTold() throws {
    let scratch = try Scratch()
    let ranking = try #require(try run(scratch).rankings().first)
    let (good, weak) = (
      try #require(ranking.methods.first { $0.id == "good" }), ranking.methods.first { $0.id == "weak" }
    )
    #expect(good.notBetterThanRandom.isEmpty && !good.isNoBetterThanRandom)
    #expect(weak?.notBetterThanRandom == [.comprehensiveness, .sufficiency] && weak?.isNoBetterThanRandom == true)
    #expect(ranking.text.contains("weak: NOT better than random in any metric"))
    #expect(ranking.summary.hasPrefix("faithfulness under m, mean ranks: good 1.000, "))
    #expect(ranking.summary.hasSuffix("; no better than random: weak"))
    #expect(ranking.json["methods"]?[0]?["metrics"]?[0]?["better_than_random"] == .bool(true))
    try scratch.write("run.json", #"{"pipeline":{"methods":[{"name":"a","id":"good"},{"name":"b","id":"weak"}]}}"#)
    let alone = try #require(try RunDirectory(path: scratch.path).rankings().first)
    #expect(alone.text.contains("no method 'random'") && alone.methods.allSatisfy { $0.notBetterThanRandom.isEmpty })
  }

  /// The errors of logits and of probabilities are no numbers of one kind.
  @Test func infidelityRanksMethodsOfOneOutput() throws {
    let scratch = try Scratch()
    let example = Self.example(0)
    let explanations = example.explanations.map { explanation in
      Explanation(
        method: explanation.method, target: "positive", targetIndex: 1, output: 0, baselineOutput: nil,
        convergenceDelta: nil, steps: 1, attributions: [], normalized: [], attributionSum: 0, attributionNorm: 0,
        metrics: [
          MetricValue(.comprehensiveness, value: 1), MetricValue(.infidelity, value: 2),
          MetricValue(.normalizedInfidelity, value: 1),
        ])
    }
    let scored = ScoredExample(
      example: example.example, encoding: example.encoding, prediction: example.prediction, explanations: explanations,
      status: .ok)
    let run = try SampleRun.write([("m", [scored])], into: scratch.path)
    for (output, ranking) in [
      ("logit", [.comprehensiveness, .normalizedInfidelity]), ("probability", [.comprehensiveness]),
    ]
      as [(String, [FaithfulnessMetric])]
    {
      let good = #"{"name":"a","id":"good","output":"\#(output)"}"#
      try scratch.write(
        "run.json", #"{"pipeline":{"methods":[\#(good),{"name":"b","id":"weak"},{"name":"random","id":"chance"}]}}"#)
      let found = try #require(try run.rankings().first)
      #expect(found.metrics == ranking && found.methods.allSatisfy { $0.meanRank?.value == 2 })
    }
  }

  @Test func partsAndSeedsOfTheTableDoNotMatter() throws {
    let (scratch, other, third, small) = (try Scratch(), try Scratch(), try Scratch(), try Scratch())
    let whole = try run(scratch).rankings()
    #expect(try run(other, partRows: 7).rankings() == whole)
    #expect(try run(third).rankings(seed: 1) != whole)
    let few = try #require(try run(small, rows: 1).rankings().first)
    #expect(few.methods.allSatisfy { $0.scores.allSatisfy { $0.mean.interval == nil } })
  }

  @Test func aRunWithoutMetricsSaysHowToHaveThem() throws {
    let scratch = try Scratch()
    let run = try SampleRun.write([("m", (0..<3).map { SampleRun.example(Int64($0), model: 0) })], into: scratch.path)
    let error = try #require(throws: ReportError.self) { try run.rankings() }
    #expect(error.kind == .data && error.message.contains("'faithfulness: all'"))
    #expect(run.parts(of: .metrics, model: "m").isEmpty)
  }
}
