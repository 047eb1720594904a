import Foundation
import SaliencePipeline
import SalienceTestSupport
import Testing

private struct Crash: Error {}

@Suite struct JournalTests {
  private let directory: TemporaryDirectory
  private let layout: RunLayout
  private let unit = Unit(model: "m", index: 0, rows: 0..<3)

  init() throws {
    directory = try TemporaryDirectory()
    layout = RunLayout(path: directory.path + "/run")
  }

  private func stage(_ journal: Journal, _ text: String = "rows") throws -> Attempt {
    let attempt = try journal.begin(unit)
    for table in ["predictions", "errors"] {
      try Data("\(text) of \(table)".utf8).write(to: URL(fileURLWithPath: attempt.part(table: table)))
    }
    return attempt
  }

  private func commit(_ journal: Journal, _ attempt: Attempt) throws -> Bool {
    try journal.commit(
      attempt, rows: [("predictions", 2), ("attributions", 0), ("errors", 1)],
      counts: RowCounts(ok: 2, quarantined: 1), totals: UnitTotals())
  }

  @Test func publishesPartsUnderTheirFinalNames() throws {
    let journal = Journal(layout)
    #expect(try commit(journal, try stage(journal)))
    let files = try directory.contents(of: layout.path)
    #expect(
      Set(files.keys) == [
        "state/model=m/unit-00000.json", "predictions/model=m/part-00000.parquet", "errors/model=m/part-00000.parquet",
      ])
    let manifest = try #require(try journal.manifests(of: "m").first)
    #expect(manifest.counts == RowCounts(ok: 2, quarantined: 1))
    #expect(manifest.parts.map(\.rows) == [2, 0, 1])
    #expect(manifest.parts[1].path == nil)
    let check = try journal.verify(models: ["m"], rows: 3, unitRows: 1024)
    #expect(check.faults == [] && check.missing == [])
  }

  @Test(arguments: [
    Journal.CommitStep.partsFlushed, .manifestStaged, .linked, .linkFlushed, .partRenamed(0), .partRenamed(2),
    .renamesFlushed, .stagingRemoved,
  ])
  func recoversFromACrashAfter(_ step: Journal.CommitStep) throws {
    let crashing = Journal(layout) { if $0 == step { throw Crash() } }
    let attempt = try stage(crashing)
    #expect(throws: Crash.self) { try commit(crashing, attempt) }
    let journal = Journal(layout)
    let recovery = try journal.recover(models: ["m"])
    let isPublished = ![.partsFlushed, .manifestStaged].contains(step)
    #expect(recovery.published == (isPublished ? [unit] : []))
    #expect(recovery.lost == [])
    if !isPublished { #expect(try commit(journal, try stage(journal))) }
    #expect(try journal.verify(models: ["m"], rows: 3, unitRows: 1024).faults == [])
    let tables = try directory.contents(of: layout.path).filter { !$0.key.hasPrefix("state/") }
    #expect(tables.count == 2)
    #expect(tables["predictions/model=m/part-00000.parquet"] == Data("rows of predictions".utf8))
  }

  @Test func theFirstOfTwoAttemptsWins() throws {
    let journal = Journal(layout)
    let first = try stage(journal, "first")
    let second = try stage(journal, "second")
    #expect(first.path != second.path)
    #expect(try commit(journal, second))
    #expect(try !commit(journal, first))
    let files = try directory.contents(of: layout.path)
    #expect(files["predictions/model=m/part-00000.parquet"] == Data("second of predictions".utf8))
    #expect(!files.keys.contains { $0.contains("tmp-") })
  }

  @Test func concurrentAttemptsPublishOnce() async throws {
    let journal = Journal(layout)
    let attempts = try (0..<8).map { try stage(journal, "attempt \($0)") }
    let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
      for attempt in attempts {
        group.addTask {
          try journal.commit(
            attempt, rows: [("predictions", 2), ("errors", 1)], counts: RowCounts(ok: 2, quarantined: 1),
            totals: UnitTotals())
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(wins == 1)
    #expect(try journal.verify(models: ["m"], rows: 3, unitRows: 1024).faults == [])
  }

  @Test func aLostPartIsScoredAgain() throws {
    let journal = Journal(layout)
    #expect(try commit(journal, try stage(journal)))
    try FileManager.default.removeItem(atPath: layout.path + "/errors/model=m/part-00000.parquet")
    let recovery = try journal.recover(models: ["m"])
    #expect(recovery.lost == [unit])
    #expect(!journal.isPublished(unit))
  }

  @Test func verificationFindsDamageAndHoles() throws {
    let journal = Journal(layout)
    #expect(try commit(journal, try stage(journal)))
    let part = layout.path + "/predictions/model=m/part-00000.parquet"
    try Data("ROWS of predictions".utf8).write(to: URL(fileURLWithPath: part))
    let check = try journal.verify(models: ["m", "n"], rows: 3, unitRows: 1024)
    #expect(check.faults.map(\.description) == ["unit 0 of model m: \(part): differs from its checksum"])
    #expect(check.missing == [Unit(model: "n", index: 0, rows: 0..<3)])
  }

  @Test func refusesCountsThatAreNotTheUnitsRows() throws {
    let journal = Journal(layout)
    let attempt = try stage(journal)
    let error = try #require(throws: PipelineError.self) {
      try journal.commit(attempt, rows: [("predictions", 2)], counts: RowCounts(ok: 2), totals: UnitTotals())
    }
    #expect(error.kind == .software)
    #expect(!journal.isPublished(unit))
  }

  @Test func aManifestCannotNameFilesOutsideTheRun() throws {
    let journal = Journal(layout)
    #expect(try commit(journal, try stage(journal)))
    let path = layout.manifest(of: unit)
    let text = String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
    try Data(text.replacing("predictions/model=m", with: "../../model=m").utf8).write(to: URL(fileURLWithPath: path))
    let error = try #require(throws: PipelineError.self) { try journal.recover(models: ["m"]) }
    #expect(error.kind == .data)
  }
}
