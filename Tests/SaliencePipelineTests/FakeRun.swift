import SalienceAttribution
import SalienceDatasets
import SaliencePipeline
import SalienceReports
import SalienceTokenizers
import Synchronization

/// A dataset in memory; row 7 of every hundred is damaged.
final class FakeDataset: RecordReader {
  private let rows: Int
  private var row = 0
  private let log: Journaled?

  init(rows: Int, log: Journaled? = nil) {
    self.rows = rows
    self.log = log
  }

  func next() -> DatasetRecord? {
    guard row < rows else { return nil }
    defer { row += 1 }
    log?.read.withLock { $0 += 1 }
    let location = RecordLocation(file: "x.csv", line: row + 2, byteOffset: Int64(row * 10))
    if row % 100 == 7 {
      return .bad(BadRow(row: Int64(row), id: nil, location: location, column: "text", reason: "not UTF-8"))
    }
    let text = row % 100 == 8 ? "" : String(repeating: "w ", count: row % 13 + 1)
    return .example(Example(row: Int64(row), id: "id\(row)", text: text), location)
  }

  func skip(_ records: Int) -> Int {
    let passed = min(records, rows - row)
    row += passed
    return passed
  }
}

/// Scores that depend on the row alone, given after delays that depend on the batch.
struct FakeScorer: ModelScorer {
  var tokenBudget = 40
  var concurrency = 3
  var failsRows = true
  /// Called with the rows of each batch before it is scored.
  var willScore: @Sendable ([Int64]) async throws -> Void = { _ in }

  func encode(_ example: Example) throws -> [Encoding] {
    if failsRows, example.row % 100 == 9 { throw RowFailure("too long") }
    let count = example.text.split(separator: " ").count + 1
    let encoding = Encoding(
      ids: (0..<count).map { Int32($0) }, tokens: Array(repeating: "w", count: count),
      typeIDs: Array(repeating: 0, count: count), special: (0..<count).map { $0 == 0 },
      offsets: (0..<count).map { $0 == 0 ? nil : 2 * $0 - 2..<2 * $0 - 1 },
      words: (0..<count).map { $0 == 0 ? nil : Int32($0 - 1) },
      sequences: (0..<count).map { $0 == 0 ? nil : 0 })
    return [encoding]
  }

  func score(_ batch: [EncodedExample]) async throws -> [Result<ScoredExample, RowFailure>] {
    try await willScore(batch.map(\.example.row))
    return batch.map { row in
      if failsRows, row.example.row % 100 == 10 { return .failure(RowFailure("out of memory")) }
      let isNaN = failsRows && row.example.row % 100 == 11
      let scores = row.windows[0].ids.map { Float($0) * 0.25 + Float(row.example.row) }
      return .success(
        ScoredExample(
          example: row.example, encoding: row.windows[0],
          prediction: Prediction(label: "POS", index: 1, probability: 0.75, logits: [-1, 1]),
          explanations: [
            Explanation(
              method: "ig", target: "POS", targetIndex: 1, output: isNaN ? .nan : 1, baselineOutput: 0,
              convergenceDelta: row.example.row % 20 == 3 ? -0.5 - Double(row.example.row) / 1000 : 0.01, steps: 2,
              attributions: scores, normalized: scores, attributionSum: 1, attributionNorm: 1)
          ], status: row.example.text.isEmpty ? .empty : .ok))
    }
  }
}

/// Counts what a run does.
final class Journaled: Sendable {
  let scored = Mutex<[Int64]>([])
  let loads = Mutex<[String]>([])
  /// Records that were read.
  let read = Mutex(0)
}

/// Something that happens once.
final class Flag: Sendable {
  private let state = Mutex(false)

  var isSet: Bool { state.withLock { $0 } }

  func set() { state.withLock { $0 = true } }
}

/// A pipeline for fingerprints.
func fakePipeline(steps: Int = 2) throws -> Pipeline {
  try PipelineFile.parse(
    """
    models: [a, b]
    dataset: {path: x.csv, columns: {text: text}}
    methods: [{name: integrated-gradients, id: ig, steps: \(steps)}]
    output: {directory: out}
    """, path: "p.yaml")
}

/// A run of fakes over 250 rows in units of 64 under two models.
func fakeRun(
  _ path: String, rows: Int = 250, steps: Int = 2, limit: Int64? = nil, options: Run.Options = Run.Options(),
  scorer: FakeScorer = FakeScorer(), log: Journaled = Journaled(), models names: [String] = ["a", "b"],
  finish: @escaping @Sendable (RunLayout, String) throws -> Void = { _, _ in },
  check: @escaping @Sendable () throws -> Void = {}, isDataset: Bool = true
) throws -> Run {
  let pipeline = try fakePipeline(steps: steps)
  let unchecked: @Sendable () throws -> Void = {}
  var options = options
  if case .percent(1) = options.maxBadRows { options.maxBadRows = .percent(50) }
  return Run(
    layout: RunLayout(path: path),
    fingerprint: RunFingerprint(
      pipeline: pipeline, unitRows: 64, limit: limit,
      models: names.map { RunFingerprint.Model(name: $0, files: []) }, dataset: []),
    models: names.map { name in
      Run.Model(name: name, checkFiles: isDataset ? unchecked : check) {
        log.loads.withLock { $0.append(name) }
        var logged = scorer
        logged.willScore = { rows in
          log.scored.withLock { $0 += rows }
          try await scorer.willScore(rows)
        }
        return logged
      }
    },
    options: options,
    resources: Run.Resources(
      openDataset: { FakeDataset(rows: rows, log: log) }, checkDataset: isDataset ? check : unchecked,
      openTables: { UnitWriter(directory: $0) }, finish: finish),
    facts: RunFacts(version: "test", pipeline: pipeline.resolved, device: "fake"),
    progress: RunProgress(style: .quiet) { _ in })
}
