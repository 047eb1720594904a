import SalienceDatasets
import SalienceTensors

/// What a run would take, found out without running it.
public struct PipelinePlan: Sendable {
  public struct Model: Sendable {
    public let name: String
    /// Peak bytes of weights, packed copies and workers' arenas.
    public let memory: Int
    /// Rows of the dataset's beginning that were scored to learn the pace.
    public let probedRows: Int
    /// Estimated seconds for the whole dataset.
    public let seconds: Double
  }

  /// Records of the dataset, bad ones included.
  public let rows: Int
  public let models: [Model]

  /// Seconds that probing may take over all models.
  private static let probeSeconds = 4.0

  /// Counts the rows, plans memory and scores the first few rows for at most a few seconds; writes nothing.
  public init(_ run: PipelineRun) async throws {
    let reader = try run.openDataset()
    var (rows, examples) = (0, [Example]())
    while examples.count < 64, let record = try reader.next() {
      rows += 1
      if case .example(let example, _) = record { examples.append(example) }
    }
    while case let passed = try reader.skip(65_536), passed > 0 { rows += passed }
    self.rows = rows
    var models: [Model] = []
    for index in run.modelNames.indices {
      let scorer = try await run.scorer(index)
      let (probed, seconds) = try await Self.probe(
        scorer, examples, budget: Self.probeSeconds / Double(run.modelNames.count))
      // A probe scores one row at a time on one worker; a run keeps all of them busy.
      let pace = probed > 0 ? seconds / Double(probed * run.backend.device.concurrency) : 0
      models.append(
        Model(
          name: run.modelNames[index], memory: Self.memory(scorer, workers: run.backend.device.concurrency),
          probedRows: probed, seconds: pace * Double(rows)))
    }
    self.models = models
  }

  private static func probe(
    _ scorer: PipelineScorer, _ examples: [Example], budget: Double
  ) async throws -> (rows: Int, seconds: Double) {
    let start = ContinuousClock.now
    var rows = 0
    for example in examples {
      guard let encoding = try? scorer.encode(example) else { continue }
      _ = try await scorer.score([.init(example: example, encoding: encoding)])
      rows += 1
      if (ContinuousClock.now - start) / .seconds(1) > budget { break }
    }
    return (rows, (ContinuousClock.now - start) / .seconds(1))
  }

  /// Weights are held packed for both directions; every worker has an arena a program.
  private static func memory(_ scorer: PipelineScorer, workers: Int) -> Int {
    let programs = scorer.model.programs
    var matrices = Set<Parameter>()
    let weights = programs.flatMap(\.parameters).filter { matrices.insert($0).inserted }
      .reduce(0) { $0 + $1.count * ($1.shape.count == 2 ? 2 : 1) }
    let capacity = max(512, scorer.model.maximumLength)
    let arenas = programs.reduce(0) { $0 + PathExecutor.elementCount($1, tokenCapacity: capacity) }
    return (weights + arenas * workers) * MemoryLayout<Float>.stride
  }
}
