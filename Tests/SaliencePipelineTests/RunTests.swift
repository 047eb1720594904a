import Foundation
import SalienceFoundation
import SalienceJSON
import SalienceParquet
import SaliencePipeline
import SalienceTestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct RunTests {
  private let directory: TemporaryDirectory
  private var out: String { directory.path + "/out" }

  init() throws { directory = try TemporaryDirectory() }

  private func tables(_ path: String) throws -> [String: Data] {
    try directory.contents(of: path).filter { $0.key.hasSuffix(".parquet") }
  }

  @Test func publishesEveryRowOnceInOrder() async throws {
    let summary = try await fakeRun(out).execute()
    #expect(summary.isFinished && summary.rows == 250)
    // Of each hundred rows: one unreadable, one untokenisable, two unscorable, one empty.
    #expect(summary.models.map(\.counts) == Array(repeating: RowCounts(ok: 235, empty: 3, quarantined: 12), count: 2))
    var rows: [Int64] = []
    for index in 0..<4 {
      let reader = try ParquetReader(path: out + "/predictions/model=b/part-0000\(index).parquet")
      guard case .int64(let values) = try reader.read(column: "row") else { throw PipelineError(.data, "type") }
      rows += values.compactMap { $0 }
    }
    let expected: [Int64] = (0..<250).filter { row in ![7, 9, 10, 11].contains(row % 100) }
    #expect(rows == expected)
    let errors = try ParquetReader(path: out + "/errors/model=a/part-00000.parquet")
    #expect(errors.rowCount == 4)
    guard case .string(let stages) = try errors.read(column: "stage"),
      case .string(let messages) = try errors.read(column: "message")
    else { throw PipelineError(.data, "type") }
    #expect(stages == ["read", "tokenize", "score", "score"])
    #expect(messages[0] == "line 9, byte 70, column 'text': not UTF-8")
    #expect(messages[3] == "line 13, byte 110: a score is not a finite number")
    let json = try JSONValue(parsing: Array(try #require(FileManager.default.contents(atPath: out + "/run.json"))))
    #expect(json["counts"]?["rows"]?.intValue == 500)
    #expect(json["results"]?[0]?["totals"]?["methods"]?[0]?["explanations"]?.intValue == 238)
    let all = try directory.contents(of: out).keys
    #expect(all.contains("_SUCCESS") && !all.contains { $0.contains("tmp-") })
    #expect(all.filter { $0.hasPrefix("predictions/") }.allSatisfy { $0.hasSuffix(".parquet") })
  }

  @Test func tablesDoNotDependOnTimingBudgetOrConcurrency() async throws {
    _ = try await fakeRun(out).execute()
    for (name, budget, concurrency) in [("1", 1, 1), ("2", 100_000, 5), ("3", 33, 4)] {
      let other = directory.path + "/other" + name
      let scorer = FakeScorer(tokenBudget: budget, concurrency: concurrency) { rows in
        try await Task.sleep(for: .microseconds(Int.random(in: 0...500) * (rows[0] % 3 == 0 ? 5 : 1)))
      }
      _ = try await fakeRun(other, scorer: scorer).execute()
      #expect(try tables(other) == tables(out))
    }
  }

  @Test func resumesWithWhatIsMissing() async throws {
    let whole = directory.path + "/whole"
    _ = try await fakeRun(whole).execute()
    struct Fault: Error {}
    let failing = FakeScorer { rows in if rows.contains(where: { $0 >= 200 }) { throw Fault() } }
    await #expect(throws: Fault.self) { try await fakeRun(out, scorer: failing).execute() }
    #expect(!FileManager.default.fileExists(atPath: out + "/_SUCCESS"))
    let log = Journaled()
    let before = try tables(out).keys.filter { $0.hasPrefix("predictions/model=a") }.count
    let summary = try await fakeRun(out, options: Run.Options(resume: true), log: log).execute()
    #expect(summary.isFinished)
    #expect(before < 4)
    let firstModel = log.scored.withLock { $0.filter { $0 < 64 }.count }
    if before > 0 { #expect(firstModel < 2 * 60) }
    #expect(try tables(out) == tables(whole))
  }

  @Test func resumingAFinishedRunScoresNothing() async throws {
    _ = try await fakeRun(out).execute()
    let log = Journaled()
    let summary = try await fakeRun(out, options: Run.Options(resume: true), log: log).execute()
    #expect(summary.models[0].counts.rows == 250)
    #expect(log.loads.withLock { $0 } == [])
  }

  @Test func refusesAnExistingOrDifferentRun() async throws {
    _ = try await fakeRun(out).execute()
    let exists = await #expect(throws: PipelineError.self) { try await fakeRun(out).execute() }
    #expect(exists?.kind == .refused)
    let differs = await #expect(throws: PipelineError.self) {
      try await fakeRun(out, steps: 3, options: Run.Options(resume: true)).execute()
    }
    #expect(differs?.kind == .refused)
    #expect(differs?.message.contains("pipeline.methods.0.steps: 2, now 3") == true)
    let limit = await #expect(throws: PipelineError.self) {
      try await fakeRun(out, limit: 10, options: Run.Options(resume: true)).execute()
    }
    #expect(limit?.kind == .refused)
    #expect(limit?.message.contains("--limit") == true)
  }

  @Test func overwriteRemovesOnlyWhatARunMakes() async throws {
    _ = try await fakeRun(out).execute()
    for name in ["notes.txt", "predictions/README.md", "predictions/model=a/mine.parquet"] {
      try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(out)/\(name)"))
    }
    let summary = try await fakeRun(out, rows: 70, options: Run.Options(overwrite: true)).execute()
    #expect(summary.rows == 70)
    let files = try directory.contents(of: out)
    #expect(files["notes.txt"] == Data("mine".utf8) && files["predictions/README.md"] == Data("mine".utf8))
    #expect(files["predictions/model=a/mine.parquet"] == Data("mine".utf8))
    #expect(files["predictions/model=a/part-00001.parquet"] != nil)
    #expect(files["predictions/model=a/part-00002.parquet"] == nil)
  }

  @Test func shardsShareOneRunAndTheLastFinishes() async throws {
    let whole = directory.path + "/whole"
    _ = try await fakeRun(whole).execute()
    for number in 1...3 {
      let shard = try #require(UnitShard(number: number, count: 3))
      let summary = try await fakeRun(out, options: Run.Options(shard: shard)).execute()
      #expect(summary.isFinished == (number == 3))
      #expect(FileManager.default.fileExists(atPath: out + "/_SUCCESS") == (number == 3))
    }
    #expect(try tables(out) == tables(whole))
  }

  @Test(arguments: [0, 1, 64, 65, 250, 999]) func limitsRows(_ limit: Int64) async throws {
    let summary = try await fakeRun(out, limit: limit).execute()
    #expect(summary.rows == min(limit, 250))
    #expect(summary.models.allSatisfy { Int64($0.counts.rows) == min(limit, 250) })
  }

  @Test func outputsOfTheFinishingStepAppearWhenTheyAreComplete() async throws {
    struct Full: Error {}
    await #expect(throws: Full.self) {
      try await fakeRun(out) { _, staging in
        try Data("half".utf8).write(to: URL(fileURLWithPath: "\(staging)/tokens.csv"))
        throw Full()
      }.execute()
    }
    #expect(try directory.contents(of: out).keys.allSatisfy { !$0.contains("tokens.csv") && $0 != "_SUCCESS" })
    let summary = try await fakeRun(out, options: Run.Options(resume: true)) { run, staging in
      #expect(FileManager.default.fileExists(atPath: "\(run.path)/attributions"))
      try Data("whole".utf8).write(to: URL(fileURLWithPath: "\(staging)/tokens.csv"))
    }.execute()
    #expect(summary.isFinished)
    #expect(try directory.contents(of: out)["tokens.csv"] == Data("whole".utf8))
  }

  @Test func tooManyBadRowsAreReportedAfterPublishing() async throws {
    let strict = try await fakeRun(out, options: Run.Options(maxBadRows: .rows(11))).execute()
    #expect(strict.badRowError(limit: .rows(11), in: RunLayout(path: out))?.kind == .data)
    #expect(FileManager.default.fileExists(atPath: out + "/_SUCCESS"))
    #expect(BadRowLimit.rows(12).isExceeded(by: strict.models.map(\.counts)) == false)
    // 24 of 500 rows are 4.8 %.
    #expect(BadRowLimit.percent(4.7).isExceeded(by: strict.models.map(\.counts)))
    #expect(!BadRowLimit.percent(4.8).isExceeded(by: strict.models.map(\.counts)))
  }

  @Test(arguments: [(Interruption.terminate, FaultKind.terminated), (.interrupt, .interrupted), (.requeue, .retry)])
  func stopsSoonAndKeepsFinishedUnits(_ interruption: Interruption, _ kind: FaultKind) async throws {
    let (reached, device) = (BoundedChannel<Void>(capacity: 1), BoundedChannel<Void>(capacity: 1))
    let hanging = FakeScorer(concurrency: 1) { rows in
      guard rows.contains(where: { $0 >= 128 }) else { return }
      await reached.send(())
      // A device that does not listen to cancellation, and answers only after the run has ended.
      await Task.detached { _ = await device.receive() }.value
    }
    let run = try fakeRun(out, scorer: hanging)
    let execution = Task { try await run.execute() }
    await reached.receive()
    run.cancel(interruption)
    let error = await #expect(throws: PipelineError.self) { try await execution.value }
    await device.send(())
    #expect(error?.kind == kind)
    #expect(try tables(out).keys.filter { $0.hasPrefix("predictions/") }.count == 2)
    #expect(try await fakeRun(out, options: Run.Options(resume: true)).execute().isFinished)
  }

  @Test func anErrorOfTheDatasetOrTheModelStopsTheRun() async throws {
    struct NoModel: Error {}
    let base = try fakePipeline()
    let run = Run(
      layout: RunLayout(path: out),
      fingerprint: RunFingerprint(pipeline: base, unitRows: 64, limit: nil, models: [], dataset: []),
      models: [Run.Model(name: "a") { throw NoModel() }], options: Run.Options(),
      resources: Run.Resources(
        openDataset: { FakeDataset(rows: 1000) }, openTables: { _ in throw NoModel() }),
      facts: RunFacts(version: "test", pipeline: nil, device: nil), progress: RunProgress(style: .quiet) { _ in })
    await #expect(throws: NoModel.self) { try await run.execute() }
  }

  @Test func anUnwritableOutputIsAnInputOutputError() async throws {
    let file = try directory.write("occupied", "a file")
    let error = await #expect(throws: FileFault.self) { try await fakeRun(file).execute() }
    #expect(error?.kind == .io)
    #expect(error?.place?.hasPrefix(file) == true)
  }
}
