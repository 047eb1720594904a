import SalienceAttribution
import SalienceDatasets
import SalienceFoundation
import SalienceJSON
import SaliencePipeline
import SalienceReports
import SalienceTensors

/// Tries the methods of `methods: auto` on a sample of the dataset, each with its metrics and its time.
public struct MethodTrial: Sendable {
  let pipeline: Pipeline
  let auto: AutomaticMethod

  /// - Returns: nil for a pipeline that names its methods.
  /// - Throws: `PipelineError.usage` where the dataset can be read once alone.
  public init?(_ pipeline: Pipeline) throws {
    guard let auto = pipeline.auto else { return nil }
    if pipeline.dataset.isStandardInput {
      throw PipelineError(
        .usage, "'methods: auto' reads the dataset before the run does: standard input is read once",
        at: pipeline.origins.place(of: "methods"))
    }
    self.pipeline = pipeline
    self.auto = auto
  }

  /// Scores the sample under the last model in a directory of its own, which is removed at the end.
  ///
  /// - Parameter limit: rows of the dataset that count.
  /// - Throws: what a run throws; `PipelineError.data` where the sample has no metrics that rank.
  public func choose(limit: Int64? = nil) async throws -> MethodChoice {
    let output = RunLayout(path: pipeline.output.directory).path
    let directory = "\(output).trial-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    try DurableFile.makeDirectories(directory)
    defer { try? DurableFile.removeTree(directory) }
    let (sample, rows) = try sampled(limit: limit)
    let file = "\(directory)/sample.jsonl"
    try DurableFile.write(sample.map { Self.json(of: $0).text() + "\n" }.joined(), to: file)
    var trial = pipeline
    trial.auto = nil
    trial.influence = nil
    trial.models = Array(pipeline.models.suffix(1))
    trial.methods = auto.candidates
    trial.faithfulness = pipeline.faithfulness ?? Faithfulness(Self.metrics)
    trial.dataset.paths = [file]
    trial.dataset.options = DatasetOptions(format: .jsonl)
    let columns = pipeline.dataset.columns
    trial.dataset.columns = ColumnMapping(
      id: "id", text: "text", textPair: columns.textPair.map { _ in "text_pair" },
      label: columns.label.map { _ in "label" }, rationale: columns.rationale.map { _ in "rationale" },
      spans: columns.spans.map { _ in "spans" })
    trial.output.directory = "\(directory)/run"
    trial.output.formats = [.parquet]
    let parts = try PipelineRun(trial)
    _ = try await parts.run().execute()
    guard let ranking = try RunDirectory(path: trial.output.directory).rankings().first,
      ranking.methods.contains(where: { $0.meanRank != nil })
    else {
      throw PipelineError(
        .data, "'methods: auto': not one of \(sample.count) sampled rows has metrics that rank the methods",
        at: pipeline.origins.place(of: "methods"))
    }
    return MethodChoice(
      ranking, workers: parts.backend.device.concurrency, rows: rows * pipeline.models.count, budget: auto.budget)
  }

  /// The pipeline with the method that was chosen.
  ///
  /// - Throws: `PipelineError.usage` where none fits the budget.
  public func pipeline(with choice: MethodChoice) throws -> Pipeline {
    guard let method = auto.candidates.first(where: { $0.id == choice.method }) else {
      throw PipelineError(.usage, "'budget': \(choice.summary)", at: pipeline.origins.place(of: "budget"))
    }
    var result = pipeline
    result.methods = [method]
    result.auto?.choice = choice.json
    return result
  }

  /// What ranks methods where the pipeline measures nothing.
  private static let metrics: [FaithfulnessMetric] = [
    .comprehensiveness, .sufficiency, .monotonicity, .normalizedInfidelity,
  ]

  /// Rows at random, in the dataset's order, and how many rows there are: those with the smallest of the numbers that the
  /// seed gives each row.
  private func sampled(limit: Int64?) throws -> (sample: [Example], rows: Int) {
    let dataset = try RunDataset(pipeline) { throw PipelineError(.software, "standard input in a trial") }
    let reader = dataset.reader()
    let seed = SIMD2(UInt32(truncatingIfNeeded: auto.seed), UInt32(truncatingIfNeeded: auto.seed >> 32))
    var rows = 0
    var chosen: [(number: UInt64, example: Example)] = []
    while rows < limit.map({ Int(clamping: $0) }) ?? .max, let record = try reader.next() {
      rows += 1
      guard case .example(let example, _) = record else { continue }
      let row = UInt64(example.row)
      let words = Philox.words(
        counter: SIMD4(UInt32(truncatingIfNeeded: row), UInt32(truncatingIfNeeded: row >> 32), 0, 0), key: seed)
      chosen.append((UInt64(words.x) << 32 | UInt64(words.y), example))
      if chosen.count >= 2 * max(auto.sample, 512) { chosen = Self.smallest(chosen, auto.sample) }
    }
    let sample = Self.smallest(chosen, auto.sample).map(\.example).sorted { $0.row < $1.row }
    return (sample, rows)
  }

  private static func smallest(
    _ chosen: [(number: UInt64, example: Example)], _ count: Int
  ) -> [(number: UInt64, example: Example)] {
    Array(chosen.sorted { ($0.number, $0.example.row) < ($1.number, $1.example.row) }.prefix(count))
  }

  /// A row of the sample's file.
  private static func json(of example: Example) -> JSONValue {
    func list(_ text: String?) -> JSONValue {
      text.map { (try? JSONValue(parsing: Array($0.utf8))) ?? .string($0) } ?? .null
    }
    let label: JSONValue =
      example.labels.map { .array($0.map(JSONValue.string)) } ?? example.label.map(JSONValue.string) ?? .null
    return [
      "id": .string(example.id), "text": .string(example.text),
      "text_pair": example.textPair.map(JSONValue.string) ?? .null, "label": label,
      "rationale": list(example.rationale), "spans": list(example.spans),
    ]
  }
}
