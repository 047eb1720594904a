import Foundation
import SalienceJSON
import SaliencePipeline
import SalienceTestSupport
import Testing

/// What a run says of explanations that miss F(x) - F(x'), however its units came to be.
@Suite struct ConvergenceTests {
  private let directory: TemporaryDirectory
  private var out: String { directory.path + "/out" }

  init() throws { directory = try TemporaryDirectory() }

  private func runFile() throws -> JSONValue {
    try JSONValue(parsing: Array(try #require(FileManager.default.contents(atPath: out + "/run.json"))))
  }

  /// Every twentieth row from the third on, 13 of 238 scored ones under each of two models, the last the worst.
  private func expectAll(_ convergence: Convergence) throws {
    #expect(convergence.explanations == 2 * 238)
    #expect(convergence.missed == 2 * 13)
    let worst = try #require(convergence.worst)
    #expect(worst.model == "a" && worst.method == "ig" && worst.row == 243)
    #expect(abs(worst.relativeDelta - 0.743 / 1.743) < 1e-12)
    #expect(convergence.withTolerance == 0 && convergence.unconverged == 0)
    let lines = convergence.warnings()
    #expect(
      lines == [
        "the convergence delta of 26 of 476 explanations is more than 5 % of F(x) - F(x'), of the worst 43 %"
          + " (model a, method ig, row 243): their scores may be off; take more steps or samples, a tolerance or"
          + " another baseline, for a decoder a token rather than zero"
      ])
    let json = try runFile()["convergence"]
    #expect(json == convergence.json)
    #expect(json?["over_5_percent"]?.intValue == 26)
    #expect(json?["worst"]?["row"]?.intValue == 243)
    #expect(json?["warnings"]?[0]?.stringValue == lines[0])
  }

  @Test func aRunTellsWhatMissed() async throws {
    try expectAll(try await fakeRun(out).execute().convergence)
  }

  @Test func resumedRunsCountEveryUnit() async throws {
    struct Fault: Error {}
    let failing = FakeScorer { rows in if rows.contains(where: { $0 >= 200 }) { throw Fault() } }
    await #expect(throws: Fault.self) { try await fakeRun(out, scorer: failing).execute() }
    try expectAll(try await fakeRun(out, options: Run.Options(resume: true)).execute().convergence)
    try expectAll(try await fakeRun(out, options: Run.Options(resume: true)).execute().convergence)
  }

  @Test func theLastShardTellsOfAll() async throws {
    let first = try await fakeRun(out, options: Run.Options(shard: UnitShard(parsing: "1/2"))).execute()
    #expect(!first.isFinished)
    #expect((1..<26).contains(first.convergence.missed), "what is published so far")
    let last = try await fakeRun(out, options: Run.Options(shard: UnitShard(parsing: "2/2"))).execute()
    #expect(last.isFinished)
    try expectAll(last.convergence)
  }

  @Test func nothingToTellIsNothingSaid() {
    let convergence = Convergence([])
    #expect(convergence.warnings() == [])
    #expect(convergence.worst == nil)
    #expect(convergence.json["worst"]?.isNull == true)
  }
}
