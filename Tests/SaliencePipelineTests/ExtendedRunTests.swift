import Foundation
import SaliencePipeline
import SalienceTestSupport
import Testing

/// A run that goes on with more rows, or with more models.
@Suite(.timeLimit(.minutes(10))) struct ExtendedRunTests {
  private let directory: TemporaryDirectory
  private var out: String { directory.path + "/out" }

  init() throws { directory = try TemporaryDirectory() }

  private func tables(_ path: String) throws -> [String: Data] {
    try directory.contents(of: path).filter { $0.key.hasSuffix(".parquet") }
  }

  private static let resumed = Run.Options(resume: true)

  @Test func aGreaterLimitScoresTheNewRowsAlone() async throws {
    let whole = directory.path + "/whole"
    _ = try await fakeRun(whole).execute()
    var log = Journaled()
    _ = try await fakeRun(out, limit: 10, log: log).execute()
    var scored = log.scored.withLock { $0.count }
    for limit in [70, 250, nil] as [Int64?] {
      log = Journaled()
      let summary = try await fakeRun(out, limit: limit, options: Self.resumed, log: log).execute()
      #expect(summary.isFinished && summary.rows == limit ?? 250)
      #expect(try RunVerification(of: out).faults == [])
      scored += log.scored.withLock { $0.count }
    }
    // Of 250 rows three are unreadable and three have no tokens: each of the others was scored once a model.
    #expect(scored == 2 * 244)
    #expect(try tables(out) == tables(whole))
    #expect(try !directory.contents(of: out).keys.contains { $0.hasSuffix(".rows") || $0.contains("tmp-") })
  }

  /// As where the limit was raised by a version, or on a disk, that had no log of the unit.
  @Test func aCutUnitWithoutItsLogIsScoredAgain() async throws {
    let whole = directory.path + "/whole"
    _ = try await fakeRun(whole).execute()
    _ = try await fakeRun(out, limit: 100).execute()
    for name in try directory.contents(of: out).keys where name.hasSuffix(".rows") {
      try FileManager.default.removeItem(atPath: "\(out)/\(name)")
    }
    #expect(try await fakeRun(out, options: Self.resumed).execute().isFinished)
    #expect(try tables(out) == tables(whole))
  }

  @Test func anInterruptedExtensionLosesNothing() async throws {
    struct Fault: Error {}
    let whole = directory.path + "/whole"
    _ = try await fakeRun(whole).execute()
    _ = try await fakeRun(out, limit: 10).execute()
    let failing = FakeScorer(concurrency: 1) { rows in if rows.contains(where: { $0 > 20 }) { throw Fault() } }
    await #expect(throws: Fault.self) {
      try await fakeRun(out, options: Self.resumed, scorer: failing).execute()
    }
    // The ten rows stand until the whole unit takes their place; the run is not finished meanwhile.
    #expect(try tables(out).keys.filter { $0.hasPrefix("predictions/") }.count == 2)
    #expect(!FileManager.default.fileExists(atPath: out + "/_SUCCESS"))
    #expect(!FileManager.default.fileExists(atPath: out + "/run.json"))
    #expect(try await fakeRun(out, options: Self.resumed).execute().isFinished)
    #expect(try tables(out) == tables(whole))
  }

  @Test func aModelIsAdded() async throws {
    let whole = directory.path + "/whole"
    _ = try await fakeRun(whole).execute()
    _ = try await fakeRun(out, models: ["a"]).execute()
    let log = Journaled()
    let summary = try await fakeRun(out, options: Self.resumed, log: log).execute()
    #expect(summary.models.map(\.name) == ["a", "b"] && summary.isFinished)
    #expect(log.loads.withLock { $0 } == ["b"])
    #expect(try tables(out) == tables(whole))
  }

  @Test func otherChangesAreRefused() async throws {
    _ = try await fakeRun(out, limit: 100).execute()
    let before = try directory.contents(of: out)
    func expectRefusal(_ part: String, _ run: () throws -> Run) async {
      let error = await #expect(throws: PipelineError.self) { try await run().execute() }
      #expect(error?.kind == .refused && error?.message.contains(part) == true, "\(error?.message ?? "none")")
    }
    await expectRefusal("--limit: 100, now 99") { try fakeRun(out, limit: 99, options: Self.resumed) }
    await expectRefusal("models: a, b, now a") { try fakeRun(out, limit: 100, options: Self.resumed, models: ["a"]) }
    await expectRefusal("models: a, b, now b, a, c") {
      try fakeRun(out, limit: 100, options: Self.resumed, models: ["b", "a", "c"])
    }
    await expectRefusal("steps: 2, now 3") { try fakeRun(out, steps: 3, limit: nil, options: Self.resumed) }
    await expectRefusal("a run exists here") { try fakeRun(out, limit: 200) }
    #expect(try directory.contents(of: out) == before)
  }

  /// A process with the smaller limit would finish the run with it.
  @Test func anExtensionWaitsForOtherProcesses() async throws {
    let (reached, device) = (BoundedChannel<Void>(capacity: 1), BoundedChannel<Void>(capacity: 1))
    let hanging = FakeScorer(concurrency: 1) { _ in
      await reached.send(())
      await Task.detached { _ = await device.receive() }.value
    }
    let slow = try fakeRun(out, limit: 10, scorer: hanging)
    let execution = Task { try await slow.execute() }
    await reached.receive()
    let early = await #expect(throws: PipelineError.self) {
      try await fakeRun(out, limit: 100, options: Self.resumed).execute()
    }
    #expect(early?.kind == .retry)
    slow.cancel(.interrupt)
    _ = try? await execution.value
    await device.send(())
    #expect(try await fakeRun(out, limit: 100, options: Self.resumed).execute().isFinished)
  }
}
