import Foundation
import Salience
import SalienceAttribution
import SalienceDatasets
import SaliencePipeline
import SalienceReports
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Synchronization
import Testing

private let faultyDevice = VulkanTestDevice.harmless?.info

/// Whole runs on a Vulkan device that fails: every row is there, and the tables are the same bytes.
@Suite(.enabled(if: faultyDevice != nil, "no Vulkan device")) struct FaultyRunTests {
  private static let rows = 60

  /// A text of 1 to 30 words a row; the last one fills the model's 512 positions.
  private static func text(_ row: Int) -> String {
    let words = ["the", "film", "was", "not", "good", "but", "slow"]
    return (0..<(row == rows - 1 ? 600 : row * 7 % 30 + 1)).map { words[($0 * 3 + row) % words.count] }
      .joined(separator: " ")
  }

  /// The dataset of all runs: its path stands in their tables.
  private static let dataset = Result {
    let path = FileManager.default.temporaryDirectory.appending(path: "salience-faults-\(UUID().uuidString).csv").path
    let lines = (0..<rows).map { "\($0),\(text($0))\n" }
    try Data(("id,text\n" + lines.joined()).utf8).write(to: URL(filePath: path))
    return path
  }

  private struct Outcome {
    let summary: RunSummary
    let tables: [String: Data]
    let warnings: [String]
  }

  private func run(_ faults: VulkanFaults? = nil) async throws -> Outcome {
    let directory = FileManager.default.temporaryDirectory.appending(path: "salience-faults-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let dataset = try Self.dataset.get()
    let checkpoint = try Fixture.checkpoint()
    let pipeline = try PipelineFile.parse(
      """
      models: [\(checkpoint.directory)]
      dataset: {path: \(dataset), columns: {id: id, text: text}}
      methods: [{name: integrated-gradients, id: ig, steps: 2}]
      output: {directory: \(directory)/run}
      """, path: "faulty.yaml")
    let warnings = Warnings()
    let backend = try VulkanBackend(
      selection: .uuid(#require(faultyDevice).uuid), cacheDirectory: "", faults: faults, warn: { warnings.append($0) })
    let run = Run(
      layout: RunLayout(path: pipeline.output.directory),
      fingerprint: RunFingerprint(
        pipeline: pipeline, unitRows: 16, limit: nil, models: [RunFingerprint.Model(name: "m", files: [])],
        dataset: []),
      models: [
        Run.Model(name: "m") {
          let model = try await AttributionModel(
            checkpoint: checkpoint, methods: pipeline.methods.map(\.method), on: backend)
          return PipelineScorer(model: model, pipeline: pipeline, device: backend.device)
        }
      ],
      options: Run.Options(maxBadRows: pipeline.maxBadRows),
      resources: Run.Resources(
        openDataset: {
          try DatasetReader(paths: [dataset], mapping: ColumnMapping(id: "id", text: "text"))
        },
        openTables: { UnitWriter(directory: $0) }),
      facts: RunFacts(version: "test", pipeline: pipeline.resolved, device: backend.device.json),
      progress: RunProgress(style: .quiet) { _ in })
    let summary = try await run.execute()
    var tables: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: run.layout.path) where path.hasSuffix(".parquet") {
      tables[path] = try Data(contentsOf: URL(filePath: "\(run.layout.path)/\(path)"))
    }
    return Outcome(summary: summary, tables: tables, warnings: warnings.all)
  }

  private func expectSame(_ actual: Outcome, _ expected: Outcome, _ what: String) {
    #expect(actual.summary.isFinished, "\(what)")
    #expect(actual.summary.models.map(\.counts) == [RowCounts(ok: Self.rows)], "\(what): no row is lost")
    #expect(actual.tables == expected.tables, "\(what)")
    #expect(!actual.warnings.isEmpty, "\(what): the fault struck, and was told of")
  }

  @Test func lossesAndShortMemoryChangeNoTable() async throws {
    let counting = VulkanFaults()
    let expected = try await run(counting)
    #expect(expected.warnings == [])
    #expect(expected.tables.count == 12, "three tables of four units")
    let submissions = counting.count(.submission)
    for number in [1, submissions / 2, submissions - 1] {
      let lost = try await run(VulkanFaults([.submission: (number...number, .deviceLost)]))
      expectSame(lost, expected, "lost at submission \(number) of \(submissions)")
    }
    let thrice = try await run(VulkanFaults([.submission: (submissions / 3...submissions / 3 + 2, .deviceLost)]))
    expectSame(thrice, expected, "lost three times in a row")
    let full = try await run(VulkanFaults(largestAllocation: 4 << 20))
    expectSame(full, expected, "little memory")
    #expect(full.warnings.contains { $0.contains("going on with") })
  }

  /// The longest text needs more memory than there is: it alone goes to the errors.
  @Test func aRowThatDoesNotFitFailsAlone() async throws {
    let expected = try await run()
    let actual = try await run(VulkanFaults(largestAllocation: 400 << 10))
    #expect(actual.summary.isFinished)
    #expect(actual.summary.models.map(\.counts) == [RowCounts(ok: Self.rows - 1, quarantined: 1)])
    for unit in 0..<3 {
      for (path, bytes) in expected.tables where path.contains("part-0000\(unit)") {
        #expect(actual.tables[path] == bytes, "\(path)")
      }
    }
    #expect(actual.tables.keys.contains { $0.hasPrefix("errors/") })
  }
}

/// Texts from several threads, in the order they came.
private final class Warnings: Sendable {
  private let list = Mutex<[String]>([])

  var all: [String] { list.withLock { $0 } }

  func append(_ text: String) { list.withLock { $0.append(text) } }
}
