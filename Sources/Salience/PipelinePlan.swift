import SalienceCPU
import SalienceDatasets
import SaliencePipeline
import SalienceTensors

/// What a run would take, found out without running it.
public struct PipelinePlan: Sendable {
  public struct Model: Sendable {
    public let name: String
    /// Bytes of the weights with their packed copies.
    public let weightBytes: Int
    /// Bytes of the arenas of all workers.
    public let workerBytes: Int
    /// Mean tokens of the sampled rows.
    public let tokensPerRow: Double
    /// Mean FLOPs of the matrix products that a sampled row takes.
    public let flopsPerRow: Double
    /// FLOP/s that the estimate goes by, all workers together.
    public let flopsPerSecond: Double
    /// Rows scored to measure that; 0 where one takes too long, and a share of the device's own rate stands in.
    public let probedRows: Int
    /// What a run holds in memory, part by part.
    public let plannedMemory: PlannedMemory
    /// Estimated seconds for the whole dataset.
    public let seconds: Double

    /// Peak bytes in all.
    public var memory: Int { weightBytes + workerBytes }
  }

  /// Records of the dataset, bad ones included.
  public let rows: Int
  /// Rows from the dataset's beginning whose tokens were counted.
  public let sampledRows: Int
  /// FLOP/s of the device's matrix product alone; nil where it is not measured.
  public let matrixProductRate: Double?
  public let models: [Model]

  /// Counts the rows, plans memory and scores a few rows for at most a few seconds; writes nothing.
  public init(_ run: PipelineRun) async throws {
    let reader = try run.openDataset()
    var (rows, examples) = (0, [Example]())
    while examples.count < 512, let record = try reader.next() {
      rows += 1
      if case .example(let example, _) = record { examples.append(example) }
    }
    while case let passed = try reader.skip(65_536), passed > 0 { rows += passed }
    let ceiling: Double? =
      if let backend = run.backend as? CPUBackend { try await backend.matrixProductRate() * 1e9 } else { nil }
    let workers = run.backend.device.concurrency
    self.rows = rows
    sampledRows = examples.count
    matrixProductRate = ceiling
    var models: [Model] = []
    for index in run.modelNames.indices {
      let scorer = try await run.scorer(index)
      let probe = PaceProbe(scorer, examples, evaluations: run.pipeline.methods.map(\.evaluationsPerExample))
      let pace = try await probe.measure(
        workers: workers, ceiling: ceiling, seconds: PaceProbe.seconds / Double(run.modelNames.count))
      let (weights, arenas) = Self.memory(scorer, methods: run.pipeline.methods, workers: workers)
      models.append(
        Model(
          name: run.modelNames[index], weightBytes: weights, workerBytes: arenas, tokensPerRow: probe.meanTokens,
          flopsPerRow: probe.meanFLOPs, flopsPerSecond: pace.flopsPerSecond,
          probedRows: pace.rows,
          plannedMemory: PlannedMemory(
            scorer.model.programs, workers: workers, evaluationTokens: max(512, scorer.model.maximumLength),
            exampleTokens: scorer.tokenBudget),
          seconds: pace.flopsPerSecond > 0 ? probe.meanFLOPs * Double(rows) / pace.flopsPerSecond : 0))
    }
    self.models = models
  }

  /// Weights are held packed for both directions; every worker has an arena a program, and the ends of a text's paths.
  private static func memory(
    _ scorer: PipelineScorer, methods: [Pipeline.Method], workers: Int
  ) -> (weights: Int, arenas: Int) {
    let programs = scorer.model.programs
    var matrices = Set<Parameter>()
    let weights = programs.flatMap(\.parameters).filter { matrices.insert($0).inserted }
      .reduce(0) { $0 + $1.count * ($1.shape.count == 2 ? 2 : 1) }
    let capacity = max(512, scorer.model.maximumLength)
    let arenas = programs.reduce(0) { $0 + PathExecutor.elementCount($1, tokenCapacity: capacity) }
    // Input, baseline and sum of gradients of every noise sample of the longest text.
    let samples = methods.map { $0.noise?.samples ?? 1 }.max() ?? 1
    let ends = 3 * samples * scorer.model.maximumLength * (programs.map(\.width).max() ?? 0)
    return (weights * MemoryLayout<Float>.stride, (arenas + ends) * workers * MemoryLayout<Float>.stride)
  }
}
