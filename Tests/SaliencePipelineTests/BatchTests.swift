import SaliencePipeline
import SalienceTestSupport
import Synchronization
import Testing

/// What the batches of a unit hold.
@Suite(.timeLimit(.minutes(10))) struct BatchTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Tokens of a row of the fake dataset, which has a word for each, and a special one.
  private func tokens(_ row: Int64) -> Int { row % 100 == 8 ? 1 : Int(row % 13) + 2 }

  /// Rows of the first model's batches, in the order of their scoring by one task.
  private func batches(tokenBudget: Int, concurrency: Int) async throws -> [[Int64]] {
    let seen = Mutex<[[Int64]]>([])
    var scorer = FakeScorer(tokenBudget: tokenBudget, concurrency: concurrency)
    scorer.willScore = { rows in seen.withLock { $0.append(rows) } }
    _ = try await fakeRun(directory.path + "/\(tokenBudget)-\(concurrency)", rows: 64, scorer: scorer).execute()
    return seen.withLock { $0 }
  }

  @Test func batchesShrinkTowardsTheEndOfAUnit() async throws {
    // Two models read the same rows one after the other.
    let all = try await batches(tokenBudget: 100, concurrency: 1)
    let sizes = all[..<(all.count / 2)].map { $0.reduce(0) { $0 + tokens($1) } }
    let total = sizes.reduce(0, +)
    #expect(sizes[0] > 85 && sizes.allSatisfy { $0 <= 100 })
    #expect(all[..<(all.count / 2)].flatMap { $0 }.count == 62)

    // In flight are three: each takes at most a third of what is left, and at least a quarter of the budget.
    let shared = try await batches(tokenBudget: 100, concurrency: 3).map { $0.reduce(0) { $0 + tokens($1) } }
    #expect(shared.reduce(0, +) == 2 * total)
    #expect(shared.filter { $0 <= 25 }.count >= 4)
    #expect(shared.filter { $0 > 85 }.count >= 2)
    #expect(shared.allSatisfy { $0 <= 100 })
  }

  @Test func aRowAboveTheBudgetIsABatchOfItsOwn() async throws {
    let all = try await batches(tokenBudget: 1, concurrency: 1)
    #expect(all.allSatisfy { $0.count == 1 })
    // The longest come first.
    let sizes = all[..<(all.count / 2)].map { tokens($0[0]) }
    #expect(sizes == sizes.sorted(by: >))
  }
}
