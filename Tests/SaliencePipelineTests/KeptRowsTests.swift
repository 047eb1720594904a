import Foundation
import SaliencePipeline
import SalienceTestSupport
import Synchronization
import Testing

/// What an interruption costs, and how a run goes on.
@Suite(.timeLimit(.minutes(10))) struct KeptRowsTests {
  private let directory: TemporaryDirectory
  private var out: String { directory.path + "/out" }

  init() throws { directory = try TemporaryDirectory() }

  private static let prompt = Run.Options(resume: true, keepInterval: .zero)

  private func tables(_ path: String) throws -> [String: Data] {
    try directory.contents(of: path).filter { $0.key.hasSuffix(".parquet") }
  }

  private func whole() async throws -> [String: Data] {
    _ = try await fakeRun(directory.path + "/whole").execute()
    return try tables(directory.path + "/whole")
  }

  /// Scores until a row is reached, which hangs until the run is cancelled.
  private func interrupt(
    at row: Int64, _ interruption: Interruption = .interrupt, log: Journaled = Journaled()
  ) async throws -> PipelineError? {
    let (reached, device) = (BoundedChannel<Void>(capacity: 1), BoundedChannel<Void>(capacity: 1))
    let hanging = FakeScorer(concurrency: 1) { rows in
      guard rows.contains(row) else { return }
      await reached.send(())
      await Task.detached { _ = await device.receive() }.value
    }
    let run = try fakeRun(out, options: Self.prompt, scorer: hanging, log: log)
    let execution = Task { try await run.execute() }
    await reached.receive()
    run.cancel(interruption)
    let error = await #expect(throws: PipelineError.self) { try await execution.value }
    await device.send(())
    return error
  }

  @Test(arguments: [Interruption.terminate, .interrupt, .requeue])
  func anInterruptionCostsTheBatchesInFlightAlone(_ interruption: Interruption) async throws {
    let expected = try await whole()
    // The batches of a unit are those of its longest rows first, so the shortest rows of the first unit come last.
    let before = Journaled()
    let error = try await interrupt(at: 52, interruption, log: before)
    #expect(error?.kind == interruption.error.kind)
    let scored = before.scored.withLock { $0 }
    let batch = try #require(scored.firstIndex(of: 52))
    // Those that were scored, but not those that hang, and those that need no scoring are not counted.
    let message = try #require(error?.message)
    let kept = try #require(message.split(separator: " ").compactMap { Int($0) }.first)
    #expect(kept > 40 && kept <= batch && message.contains("--resume"), "\(message)")
    #expect(try tables(out).isEmpty)

    let after = Journaled()
    let summary = try await fakeRun(out, options: Self.prompt, log: after).execute()
    #expect(summary.isFinished && summary.takenOver == kept)
    let all = after.scored.withLock { $0 }
    // Of 250 rows three are unreadable and three have no tokens.
    #expect(all.count == 2 * 244 - kept)
    #expect(try tables(out) == expected)
    let left = try directory.contents(of: out).keys.filter { $0.hasSuffix(".rows") || $0.contains("tmp-") }
    #expect(left.isEmpty)
  }

  @Test func anErrorCostsNoMore() async throws {
    struct Fault: Error {}
    let expected = try await whole()
    let failing = FakeScorer(concurrency: 1) { rows in if rows.contains(52) { throw Fault() } }
    await #expect(throws: Fault.self) { try await fakeRun(out, options: Self.prompt, scorer: failing).execute() }
    let summary = try await fakeRun(out, options: Self.prompt).execute()
    #expect(summary.takenOver > 40)
    #expect(try tables(out) == expected)
  }

  /// As where a process dies between the publishing of a unit and the removal of its log.
  @Test func aLogThatIsLeftBehindIsRemoved() async throws {
    _ = try await interrupt(at: 52)
    let log = out + "/state/model=a/unit-00000.rows"
    let rows = try Data(contentsOf: URL(fileURLWithPath: log))
    _ = try await fakeRun(out, options: Self.prompt).execute()
    try rows.write(to: URL(fileURLWithPath: log))
    let summary = try await fakeRun(out, options: Self.prompt).execute()
    #expect(summary.isFinished && !FileManager.default.fileExists(atPath: log))
  }

  @Test func verificationTellsOfKeptRows() async throws {
    _ = try await interrupt(at: 52)
    let found = try RunVerification(of: out)
    #expect(found.keptRows > 40 && !found.isFinished)
    #expect(found.faults[0].description.contains("\(found.keptRows) scored rows"))
    _ = try await fakeRun(out, options: Self.prompt).execute()
    let sound = try RunVerification(of: out)
    #expect(sound.keptRows == 0 && sound.faults == [])
  }

  @Test func otherMethodsTakeNoRows() async throws {
    _ = try await interrupt(at: 52)
    let summary = try await fakeRun(out, steps: 3, options: Run.Options(overwrite: true)).execute()
    #expect(summary.takenOver == 0 && summary.isFinished)
  }

  @Test func slicesChangeNoTable() async throws {
    let expected = try await whole()
    for bytes in [1, 40, 300] {
      let path = directory.path + "/\(bytes)"
      let summary = try await fakeRun(path, options: Run.Options(sliceBytes: bytes)).execute()
      #expect(summary.isFinished && summary.rows == 250)
      #expect(try tables(path) == expected)
    }
  }

  /// Memory follows the slices: what lies behind a row that takes long is not read.
  @Test func longTextsWaitForTheirTurn() async throws {
    let (reached, device) = (BoundedChannel<Void>(capacity: 1), BoundedChannel<Void>(capacity: 1))
    let hanging = FakeScorer(concurrency: 1) { _ in
      await reached.send(())
      _ = await device.receive()
    }
    let log = Journaled()
    // A row has 20 bytes or so.
    let run = try fakeRun(out, options: Run.Options(sliceBytes: 50), scorer: hanging, log: log)
    let execution = Task { try await run.execute() }
    await reached.receive()
    reached.finish()
    try await Task.sleep(for: .milliseconds(100))
    #expect((1...30).contains(log.read.withLock { $0 }))
    device.finish()
    #expect(try await execution.value.isFinished)
  }

  @Test func slicesAreKeptAndResumed() async throws {
    let expected = try await whole()
    struct Fault: Error {}
    let failing = FakeScorer(concurrency: 1) { rows in if rows.contains(52) { throw Fault() } }
    let options = Run.Options(resume: true, keepInterval: .zero, sliceBytes: 60)
    await #expect(throws: Fault.self) { try await fakeRun(out, options: options, scorer: failing).execute() }
    #expect(try !directory.contents(of: out).keys.contains { $0.contains("tmp-") })
    let summary = try await fakeRun(out, options: options).execute()
    #expect(summary.takenOver > 20)
    #expect(try tables(out) == expected)
  }
}
