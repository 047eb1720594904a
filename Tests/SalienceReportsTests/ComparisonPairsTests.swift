import Foundation
import SalienceAttribution
import SalienceDatasets
import SalienceReports
import Testing

@Suite struct ComparisonPairsTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func run(_ name: String, _ models: [String], order: [String]? = nil) throws -> RunDirectory {
    let path = "\(scratch.path)/\(name)"
    let run = try SampleRun.write(models.map { ($0, [SampleRun.example(0, model: 0)]) }, into: path)
    if let order {
      let results = order.map { "{\"model\": \"\($0)\"}" }.joined(separator: ", ")
      try Data("{\"results\": [\(results)]}".utf8).write(to: URL(fileURLWithPath: "\(path)/run.json"))
    }
    return run
  }

  private func names(_ runs: [RunDirectory], _ choice: ComparisonPairs = .consecutive) throws -> [String] {
    try Comparison.pairs(of: runs, choosing: choice).map { "\($0.0.name) -> \($0.1.name)" }
  }

  @Test func theOrderIsThePipelines() throws {
    let run = try run("run", ["216", "432", "60", "left-over"], order: ["432", "60", "absent", "216"])
    #expect(run.models == ["432", "60", "216", "left-over"])
    #expect(try names([run]) == ["432 -> 60", "60 -> 216", "216 -> left-over"])
  }

  @Test func anUnfinishedRunsOrderIsItsFingerprints() throws {
    let run = try run("run", ["b", "a"])
    try Data("{\"models\": [{\"name\": \"b\"}, {\"name\": \"a\"}]}".utf8)
      .write(to: URL(fileURLWithPath: "\(run.path)/state/run-fingerprint.json"))
    #expect(run.models == ["b", "a"])
  }

  @Test func namesThatEndInNumbersGoByThem() throws {
    #expect(try names([try run("a", ["216", "60", "432"])]) == ["60 -> 216", "216 -> 432"])
    let long = "99999999999999999999999999999999999999"
    let run = try run("b", ["final", "step-0010", "step-9", "step-\(long)", "step-10", "epoch"])
    #expect(run.models == ["epoch", "final", "step-9", "step-0010", "step-10", "step-\(long)"])
  }

  @Test func pairsAreChosen() throws {
    let run = try run("run", ["60", "216", "432"])
    #expect(try names([run], .first) == ["60 -> 216", "60 -> 432"])
    #expect(try names([run], .all) == ["60 -> 216", "60 -> 432", "216 -> 432"])
    #expect(try names([run], .named("432:60")) == ["432 -> 60"])
    for text in ["432:600", "60:60", ":", "60:"] {
      let error = #expect(throws: ReportError.self) { try names([run], .named(text)) }
      #expect(error?.code == .usage && error?.description.contains("--pairs \(text)") == true)
    }
    #expect(ComparisonPairs("consecutive") == .consecutive && ComparisonPairs("a:b:c") == .named("a:b:c"))
    #expect(ComparisonPairs("last") == nil)
  }

  @Test func namesMayHoldColons() throws {
    #expect(try names([try run("run", ["a:b", "c"])], .named("a:b:c")) == ["a:b -> c"])
  }

  @Test func severalRunsAreComparedInTheirOrder() throws {
    let a = try run("r-60", ["m", "n"]), b = try run("r-216", ["m"]), c = try run("r-432", ["m"])
    // As a shell lists r-*, which is byte order; two are taken as they are given.
    #expect(try names([b, c, a]) == ["r-60/m -> r-216/m", "r-216/m -> r-432/m"])
    #expect(try names([c, a, b]) == ["r-432/m -> r-60/m", "r-432/m -> r-60/n", "r-60/m -> r-216/m"])
    #expect(try names([b, a]) == ["r-216/m -> r-60/m", "r-216/m -> r-60/n"])
    #expect(try names([a, b, c], .first) == ["r-60/m -> r-216/m", "r-60/m -> r-432/m"])
    #expect(try names([a, b], .named("r-216:r-60/n")) == ["r-216/m -> r-60/n"])
  }

  @Test func textsThatDifferUnderOneIdAreCountedAndNotCompared() throws {
    let examples = (0..<30).map { SampleRun.example($0, model: 0) }
    let changed = examples.map { scored -> ScoredExample in
      guard scored.example.row < 4 else { return scored }
      // The same tokens, as where a tokenizer drops case: only the texts tell.
      let example = Example(
        row: scored.example.row, id: scored.example.id, text: scored.example.text + " ", label: scored.example.label)
      return ScoredExample(
        example: example, encoding: scored.encoding,
        prediction: Prediction(label: "other", index: 0, probability: 1, logits: []),
        explanations: scored.explanations, status: scored.status)
    }
    let a = try SampleRun.write([("m", examples)], into: "\(scratch.path)/a")
    let b = try SampleRun.write([("m", changed)], into: "\(scratch.path)/b")
    let pairs = try Comparison.pairs(of: [a, b])
    let summary = try #require(try Comparison().write(pairs, to: "\(scratch.path)/out").first)
    #expect(summary.otherTexts == 4 && summary.examples == 26 && summary.flips == 0)
    #expect(summary.text().contains("  other texts  4 examples have one id but other texts, and are not compared\n"))
    #expect(summary.json()["other_texts"]?.intValue == 4)
    let all = try SampleRun.write([("m", Array(changed.prefix(4)))], into: "\(scratch.path)/c")
    let error = #expect(throws: ReportError.self) {
      try Comparison().write(try Comparison.pairs(of: [a, all]), to: "\(scratch.path)/none")
    }
    #expect(error?.message.contains("other texts than a/m under the same ids") == true)
  }
}
