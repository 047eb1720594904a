import Foundation
import SaliencePipeline
import SalienceTestSupport
import Synchronization
import Testing

/// Processes that work in one directory at the same time, as locks that the kernel drops tell them apart.
@Suite(.timeLimit(.minutes(10))) struct TwoProcessesTests {
  private let directory: TemporaryDirectory
  private var out: String { directory.path + "/out" }
  private var layout: RunLayout { RunLayout(path: out) }

  init() throws { directory = try TemporaryDirectory() }

  private func tables(_ path: String) throws -> [String: Data] {
    try directory.contents(of: path).filter { $0.key.hasSuffix(".parquet") }
  }

  /// A run that hangs in its first batch until `goOn` is called.
  private struct Hanging {
    let execution: Task<RunSummary, any Error>
    private let device: BoundedChannel<Void>

    init(_ out: String, steps: Int = 2, options: Run.Options = Run.Options()) async throws {
      let (reached, device) = (BoundedChannel<Void>(capacity: 1), BoundedChannel<Void>(capacity: 1))
      let scorer = FakeScorer(concurrency: 1) { _ in
        await reached.send(())
        _ = await device.receive()
      }
      let run = try fakeRun(out, steps: steps, options: options, scorer: scorer)
      execution = Task { try await run.execute() }
      self.device = device
      await reached.receive()
      // Later batches find both channels finished.
      reached.finish()
    }

    func goOn() { device.finish() }
  }

  @Test func overwritingWaitsForALiveRun() async throws {
    let live = try await Hanging(out)
    let error = await #expect(throws: PipelineError.self) {
      try await fakeRun(out, steps: 3, options: Run.Options(overwrite: true)).execute()
    }
    #expect(error?.kind == .refused && error?.message.contains("--overwrite") == true)
    live.goOn()
    #expect(try await live.execution.value.isFinished)
    #expect(try await fakeRun(out, steps: 3, options: Run.Options(overwrite: true)).execute().isFinished)
  }

  /// The directory was removed by hand and another run begun in it.
  @Test func aRunPublishesNothingInAnothersDirectory() async throws {
    let old = try await Hanging(out)
    try FileManager.default.removeItem(atPath: out)
    let whole = try await fakeRun(out, steps: 3).execute()
    #expect(whole.isFinished)
    let before = try tables(out)
    old.goOn()
    let error = await #expect(throws: PipelineError.self) { try await old.execution.value }
    #expect(error?.kind == .refused && error?.message.contains("another run") == true)
    #expect(try tables(out) == before)
    #expect(try RunVerification(of: out).faults == [])
  }

  /// What an older process leaves in spite of all, verification finds and a resumed run replaces.
  @Test func anotherRunsUnitIsNoUnitOfThisOne() async throws {
    _ = try await fakeRun(out).execute()
    let expected = try tables(out)
    let other = directory.path + "/other"
    _ = try await fakeRun(other, steps: 3, scorer: FakeScorer(failsRows: false)).execute()
    for file in ["state/model=a/unit-00001.json"]
      + ["predictions", "explanations", "attributions"].map({
        "\($0)/model=a/part-00001.parquet"
      })
    {
      try FileManager.default.removeItem(atPath: "\(out)/\(file)")
      try FileManager.default.copyItem(atPath: "\(other)/\(file)", toPath: "\(out)/\(file)")
    }
    let fault = try #require(RunVerification(of: out).faults.first)
    #expect(fault.unit == 1 && fault.message.contains("another run"))
    let summary = try await fakeRun(out, options: Run.Options(resume: true)).execute()
    #expect(summary.isFinished)
    #expect(try tables(out) == expected)
    #expect(try RunVerification(of: out).faults == [])
  }

  /// The second finishes while the first has a part of the same unit staged; both end well.
  @Test func theLoserOfARaceEndsWell() async throws {
    let slow = try await Hanging(out)
    #expect(try await fakeRun(out, options: Run.Options(resume: true)).execute().isFinished)
    slow.goOn()
    #expect(try await slow.execution.value.isFinished)
    #expect(try RunVerification(of: out).faults == [])
    #expect(try !directory.contents(of: out).keys.contains { $0.contains("tmp-") })
  }

  @Test func liveAttemptsAreLeftAlone() throws {
    let journal = Journal(layout)
    let unit = Unit(model: "m", index: 0, rows: 0..<3)
    let live = try journal.begin(unit)
    var abandoned: Attempt? = try journal.begin(unit)
    let path = try #require(abandoned?.path)
    _ = try journal.recover(models: ["m"])
    #expect(directory.isDirectory(live.path) && directory.isDirectory(path))
    abandoned = nil
    // As in another PID namespace: the process that the name tells of lives, and is another.
    _ = try journal.recover(models: ["m"])
    #expect(directory.isDirectory(live.path) && !FileManager.default.fileExists(atPath: path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: layout.state).count == 2)
  }

  /// Undoes the renames of a published unit's parts, as if its process had died before them.
  private func unplace(_ unit: SaliencePipeline.Unit, parts: Int) throws {
    for part in try Manifest(path: layout.manifest(of: unit)).parts.filter({ $0.path != nil }).suffix(parts) {
      guard let path = part.path, let staged = part.staged else { continue }
      let folder = URL(fileURLWithPath: "\(out)/\(staged)").deletingLastPathComponent().path
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try FileManager.default.moveItem(atPath: "\(out)/\(path)", toPath: "\(out)/\(staged)")
    }
  }

  /// A sibling dies, or is slow, between its manifest's name and its parts' names, while the finisher works.
  @Test(arguments: [1, 2, 4]) func theFinisherPlacesWhatASiblingLinked(_ parts: Int) async throws {
    let whole = directory.path + "/whole"
    _ = try await fakeRun(whole).execute()
    let (first, last) = (try #require(UnitShard(number: 1, count: 2)), try #require(UnitShard(number: 2, count: 2)))
    _ = try await fakeRun(out, options: Run.Options(shard: first)).execute()
    let isUndone = Mutex(false)
    let scorer = FakeScorer(concurrency: 1) { _ in
      // After the run was prepared, and before it is finished.
      let isFirst = isUndone.withLock { state in
        defer { state = true }
        return !state
      }
      if isFirst { try unplace(Unit(model: "b", index: 2, rows: 128..<192), parts: parts) }
    }
    #expect(try await fakeRun(out, options: Run.Options(shard: last), scorer: scorer).execute().isFinished)
    #expect(isUndone.withLock { $0 })
    #expect(try tables(out) == tables(whole))
    #expect(try RunVerification(of: out).faults == [])
    #expect(try !directory.contents(of: out).keys.contains { $0.contains("tmp-") })
  }

  /// What another process published and lost is no fault of the data: the next attempt scores it.
  @Test func aLostUnitAsksForAnotherAttempt() async throws {
    let (first, last) = (try #require(UnitShard(number: 1, count: 2)), try #require(UnitShard(number: 2, count: 2)))
    _ = try await fakeRun(out, options: Run.Options(shard: first)).execute()
    let part = out + "/predictions/model=b/part-00002.parquet"
    let scorer = FakeScorer(concurrency: 1) { _ in try? FileManager.default.removeItem(atPath: part) }
    let error = await #expect(throws: PipelineError.self) {
      try await fakeRun(out, options: Run.Options(shard: last), scorer: scorer).execute()
    }
    #expect(error?.kind == .retry)
    #expect(try await fakeRun(out, options: Run.Options(resume: true)).execute().isFinished)
  }

  @Test func successIsTakenBackWhereTheRunDoesNotVerify() async throws {
    _ = try await fakeRun(out).execute()
    let part = out + "/predictions/model=a/part-00000.parquet"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: part))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: part))
    let error = await #expect(throws: PipelineError.self) {
      try await fakeRun(out, options: Run.Options(resume: true)).execute()
    }
    #expect(error?.kind == .data)
    #expect(!FileManager.default.fileExists(atPath: layout.success))
  }

  /// A model or dataset that is replaced while the run goes on, as the closures tell.
  @Test(arguments: [true, false]) func changedInputsCompleteNothing(_ isDataset: Bool) async throws {
    let changed = Flag()
    @Sendable func check() throws { if changed.isSet { throw PipelineError(.data, "the file changed") } }
    let scorer = FakeScorer(concurrency: 1) { rows in if rows.contains(where: { $0 >= 192 }) { changed.set() } }
    let run = try fakeRun(out, scorer: scorer, check: check, isDataset: isDataset)
    let error = await #expect(throws: PipelineError.self) { try await run.execute() }
    #expect(error?.kind == .data)
    #expect(
      !FileManager.default.fileExists(atPath: layout.success) && !FileManager.default.fileExists(atPath: layout.runFile)
    )
  }
}
