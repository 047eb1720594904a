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
    /// Bytes of the texts between reading and writing.
    public let textBytes: Int
    /// Mean tokens of a row, by the rows looked at.
    public let tokensPerRow: Double
    /// Mean FLOPs of the matrix products that a row takes, by the rows looked at.
    public let flopsPerRow: Double
    /// Copies of a text of the mean length that are evaluated to measure the explanations of one output; 0 where nothing is
    /// measured.
    public let measuredCopies: Int
    /// FLOP/s that the estimate goes by, all workers together.
    public let flopsPerSecond: Double
    /// Rows scored to measure that; 0 where one takes too long, and a share of the device's own rate stands in.
    public let probedRows: Int
    /// What a run holds in memory, part by part; nil on a GPU.
    public let plannedMemory: PlannedMemory?
    /// Rows looked at that cannot be read, tokenized or, as far as they were tried, scored.
    public let failures: [FailedRow]
    /// Labels of sampled rows that are no class of the model.
    public let unknownLabels: UnknownLabels
    /// What of the checkpoint's file is not read.
    public let unusedTensors: UnusedTensors
    /// Whether every row looked at fails.
    public let failsAlways: Bool
    /// Seconds that loading the model took.
    public let loadingSeconds: Double
    /// Estimated seconds of scoring for the whole dataset.
    public let scoringSeconds: Double
    /// Estimated seconds that tokenizing and writing tables add to that.
    public let otherSeconds: Double

    /// Estimated seconds in all.
    public var seconds: Double { loadingSeconds + scoringSeconds + otherSeconds }

    /// Bytes of the weights with their packed copies.
    public var weightBytes: Int { device.weights }
    /// Bytes of all workers: their arenas, and what they hold of texts.
    public var workerBytes: Int { device.arenas + device.staging + endBytes }
    /// Peak bytes in all.
    public var memory: Int { weightBytes + workerBytes + textBytes }
    /// Whether the device has room for its share, which texts are none of; true where nobody knows.
    public var fits: Bool { device.available.map { weightBytes + workerBytes <= $0 } ?? true }
  }

  /// Records of the dataset up to the limit, bad ones included.
  public let rows: Int
  /// Rows that were looked at: the first 512, and 256 more that are spread over the rest.
  public let sampledRows: Int
  /// FLOP/s of the device's matrix product alone; nil where it is not measured.
  public let matrixProductRate: Double?
  /// What the tables take.
  public private(set) var disk: PlannedDisk
  public let models: [Model]

  /// Counts the rows, plans memory, disk and time, and scores a few rows for at most a few seconds; writes nothing.
  ///
  /// - Parameter limit: rows of the dataset that count.
  public init(_ run: PipelineRun, limit: Int64? = nil) async throws {
    let sample = try DatasetSample({ try run.openDataset() }, limit: limit)
    let ceiling: Double? =
      if let backend = run.backend as? CPUBackend { try await backend.matrixProductRate() * 1e9 } else { nil }
    rows = sample.rows
    sampledRows = sample.lookedAt
    matrixProductRate = ceiling
    disk = PlannedDisk(directory: run.pipeline.output.directory)
    var models: [Model] = []
    for index in run.modelNames.indices {
      let (model, bytes) = try await Self.plan(run, model: index, sample, ceiling: ceiling)
      models.append(model)
      disk.bytes += bytes
    }
    self.models = models
  }

  private static func plan(
    _ run: PipelineRun, model index: Int, _ sample: DatasetSample, ceiling: Double?
  ) async throws -> (Model, bytes: Int64) {
    let start = ContinuousClock.now
    let scorer = try await run.scorer(index)
    let loadingSeconds = (ContinuousClock.now - start) / .seconds(1)
    let (pipeline, workers) = (run.pipeline, run.backend.device.concurrency)
    let probe = PaceProbe(scorer, sample)
    let pace = try await probe.measure(
      ceiling: ceiling, seconds: PaceProbe.seconds / Double(run.modelNames.count))
    let single = run.backend.memory(of: scorer.model.programs, longest: scorer.model.maximumLength)
    let memory = scorer.model.isLoadedTwice ? single.ofTwo : single
    let tables = try TableCost(
      of: pace.scored, model: run.modelNames[index], pipeline: pipeline, options: run.tableOptions)
    let rows = Double(sample.rows)
    let scoringSeconds = pace.flopsPerSecond > 0 ? probe.meanFLOPs * rows / pace.flopsPerSecond : 0
    // On the processor the rest takes turns with scoring; a GPU works on meanwhile.
    let rest = (probe.encodingSeconds + tables.secondsPerRow) * rows
    let isProcessor = run.backend is CPUBackend
    let model = Model(
      name: run.modelNames[index], device: memory,
      endBytes: endBytes(scorer) * workers,
      textBytes: sample.plannedTextBytes(isWritten: pipeline.output.text), tokensPerRow: probe.meanTokens,
      flopsPerRow: probe.meanFLOPs,
      measuredCopies: scorer.model.measuredCopies(tokens: Int(probe.meanTokens.rounded(.up))),
      flopsPerSecond: pace.flopsPerSecond, probedRows: pace.rows,
      plannedMemory: (run.backend as? CPUBackend).map {
        PlannedMemory(
          scorer.model.programs, on: $0, longest: scorer.model.maximumLength, exampleTokens: scorer.tokenBudget)
      },
      failures: sample.bad + probe.failures + pace.failures,
      unknownLabels: scorer.unknownLabels(of: (sample.first + sample.spread).map(\.example)),
      unusedTensors: run.unusedTensors[index],
      failsAlways: sample.lookedAt > 0 && (!probe.hasRows || (pace.rows > 0 && pace.scored.isEmpty)),
      loadingSeconds: loadingSeconds, scoringSeconds: scoringSeconds,
      otherSeconds: isProcessor ? rest / Double(max(1, workers)) : max(0, rest - scoringSeconds))
    return (model, tables.bytes(rows: sample.rows))
  }

  /// Bytes of what the paths of the texts hold that a worker is given at once.
  private static func endBytes(_ scorer: PipelineScorer) -> Int {
    let tokens = max(scorer.tokenBudget, scorer.model.maximumLength)
    return scorer.model.heldElementsPerToken * tokens * MemoryLayout<Float>.stride
  }
}

extension DeviceMemory {
  /// What two models of the same kind take.
  fileprivate var ofTwo: DeviceMemory {
    DeviceMemory(
      weights: 2 * weights, arenas: 2 * arenas, staging: 2 * staging, tokenBudget: tokenBudget, available: available)
  }
}
