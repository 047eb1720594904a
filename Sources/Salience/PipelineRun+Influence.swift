import SalienceAttribution
import SalienceCheckpoints
import SalienceDatasets
import SalienceModels
import SaliencePipeline
import SalienceReports
import Synchronization

/// The training rows of a pipeline, and what came of them.
final class RunInfluence: Sendable {
  let settings: Pipeline.TrainingInfluence
  let source: DatasetSource
  /// nil until the stage has ended.
  let summary = Mutex<InfluenceSummary?>(nil)

  /// - Throws: `DatasetError`, also where there is no training row.
  init?(_ pipeline: Pipeline) throws {
    guard let influence = pipeline.influence else { return nil }
    settings = influence
    source = try DatasetSource(
      paths: influence.training.paths, mapping: influence.training.columns, options: influence.training.options,
      output: OutputFiles(directory: pipeline.output.directory, names: RunLayout.names))
    try source.requireRecords()
  }

  /// The files' checksums.
  func fingerprint() throws -> [RunFingerprint.File] {
    try source.files.map { try RunFingerprint.File(reading: $0.path) }
  }
}

extension PipelineRun {
  /// What a user should know of the training rows when the run has ended, one line each.
  public var influenceNotes: [String] { influence?.summary.withLock { $0?.notes } ?? [] }

  /// Checks that influence can be told of a checkpoint.
  func checkInfluence(of checkpoint: Checkpoint, named model: String) throws {
    guard let settings = pipeline.influence?.settings else { return }
    let place = pipeline.origins.place(of: "influence")
    do {
      let loss = try ClassifierLoss(of: checkpoint.config, task: pipeline.task)
      if settings.kind == .tracInCP, loss == .squaredError, settings.labels == .predicted {
        throw AttributionError(
          .usage, "a number is never off from its own prediction: 'influence.target: predicted' has no meaning")
      }
    } catch let error as AttributionError {
      throw PipelineError(.usage, "'influence': model \(model): \(error.message)", at: place)
    }
  }

  /// The second stage of a run that asks for influence.
  func influenceStage(_ checkpoints: [Checkpoint]) -> (@Sendable (Run) async throws -> Void)? {
    guard let influence else { return nil }
    return { run in
      let settings = influence.settings.settings
      let summary = try await run.findInfluence(
        settings,
        open: { set in set == .training ? influence.source.reader() : try openDataset() },
        models: checkpoints.map { checkpoint in { try await classifier(of: checkpoint, influence) } },
        includesText: pipeline.output.text,
        as: ParquetFormat(
          compression: pipeline.output.compression == .zstd ? .zstd : .none,
          createdBy: "salience version \(salienceVersion)"))
      influence.summary.withLock { $0 = summary }
    }
  }

  private func classifier(of checkpoint: Checkpoint, _ influence: RunInfluence) async throws -> PipelineClassifier {
    let loss = try ClassifierLoss(of: checkpoint.config, task: pipeline.task)
    let model = try await AttributionModel(
      checkpoint: checkpoint, task: pipeline.task, methods: [], taps: [.classifierInput], on: backend)
    return PipelineClassifier(
      model: model, influence: influence.settings, dataset: pipeline.dataset,
      loss: influence.settings.settings.kind == .similarity ? nil : loss,
      concurrency: backend.device.concurrency + 1)
  }
}
