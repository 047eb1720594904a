import SalienceCPU
import SalienceDatasets
import SalienceModels
import SaliencePipeline
import SalienceReports
import SalienceTensors

/// What a run would take, found out without running it.
public struct PipelinePlan: Sendable {
  public struct Model: Sendable {
    public let name: String
    /// What the model takes of the device's memory, without what a text brings.
    public let device: DeviceMemory
    /// Bytes of the ends and sums of all workers' texts.
    public let endBytes: Int
    /// Mean tokens of the sampled rows.
    public let tokensPerRow: Double
    /// Mean FLOPs of the matrix products that a sampled row takes.
    public let flopsPerRow: Double
    /// FLOP/s that the estimate goes by, all workers together.
    public let flopsPerSecond: Double
    /// Rows scored to measure that; 0 where one takes too long, and a share of the device's own rate stands in.
    public let probedRows: Int
    /// What a run holds in memory, part by part; nil on a GPU.
    public let plannedMemory: PlannedMemory?
    /// Sampled rows that cannot be read, tokenized or, as far as they were tried, scored.
    public let failures: [FailedRow]
    /// Labels of sampled rows that are no class of the model.
    public let unknownLabels: UnknownLabels
    /// Estimated seconds for the whole dataset.
    public let seconds: Double
    /// What of the checkpoint's file is not read.
    public let unusedTensors: UnusedTensors

    /// Bytes of the weights with their packed copies.
    public var weightBytes: Int { device.weights }
    /// Bytes of all workers: their arenas, and what they hold of texts.
    public var workerBytes: Int { device.arenas + device.staging + endBytes }
    /// Peak bytes in all.
    public var memory: Int { weightBytes + workerBytes }
    /// Whether there is room for it; true where nobody knows.
    public var fits: Bool { device.available.map { memory <= $0 } ?? true }
  }

  /// Records of the dataset, bad ones included.
  public let rows: Int
  /// Rows from the dataset's beginning that were looked at.
  public let sampledRows: Int
  /// FLOP/s of the device's matrix product alone; nil where it is not measured.
  public let matrixProductRate: Double?
  public let models: [Model]

  /// Counts the rows, plans memory and scores a few rows for at most a few seconds; writes nothing.
  public init(_ run: PipelineRun) async throws {
    let reader = try run.openDataset()
    var (rows, sample, bad) = (0, [(example: Example, location: RecordLocation)](), [FailedRow]())
    while rows < 512, let record = try reader.next() {
      rows += 1
      switch record {
      case .example(let example, let location): sample.append((example, location))
      case .bad(let row): bad.append(FailedRow(row))
      }
    }
    sampledRows = rows
    while case let passed = try reader.skip(65_536), passed > 0 { rows += passed }
    let ceiling: Double? =
      if let backend = run.backend as? CPUBackend { try await backend.matrixProductRate() * 1e9 } else { nil }
    let workers = run.backend.device.concurrency
    self.rows = rows
    matrixProductRate = ceiling
    var models: [Model] = []
    for index in run.modelNames.indices {
      let scorer = try await run.scorer(index)
      let probe = PaceProbe(scorer, sample, evaluations: run.pipeline.methods.map(\.evaluationsPerExample))
      let pace = try await probe.measure(
        workers: workers, ceiling: ceiling, seconds: PaceProbe.seconds / Double(run.modelNames.count))
      let memory = run.backend.memory(of: scorer.model.programs, longest: scorer.model.maximumLength)
      models.append(
        Model(
          name: run.modelNames[index], device: memory,
          endBytes: Self.endBytes(scorer, methods: run.pipeline.methods) * workers, tokensPerRow: probe.meanTokens,
          flopsPerRow: probe.meanFLOPs, flopsPerSecond: pace.flopsPerSecond,
          probedRows: pace.rows,
          plannedMemory: (run.backend as? CPUBackend).map {
            PlannedMemory(
              scorer.model.programs, on: $0, longest: scorer.model.maximumLength, exampleTokens: scorer.tokenBudget)
          },
          failures: bad + probe.failures + pace.failures,
          unknownLabels: scorer.unknownLabels(of: sample.map(\.example)),
          seconds: pace.flopsPerSecond > 0 ? probe.meanFLOPs * Double(rows) / pace.flopsPerSecond : 0,
          unusedTensors: run.unusedTensors[index]))
    }
    self.models = models
  }

  /// Bytes of what the paths of the texts hold that a worker is given at once.
  private static func endBytes(_ scorer: PipelineScorer, methods: [Pipeline.Method]) -> Int {
    let tokens = max(scorer.tokenBudget, scorer.model.maximumLength)
    let held = scorer.model.programs.flatMap { program in methods.map { $0.heldElementsPerToken(of: program) } }
    return (held.max() ?? 0) * tokens * MemoryLayout<Float>.stride
  }
}
