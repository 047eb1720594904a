import SalienceAttribution
import SalienceCPU
import SalienceCheckpoints
import SalienceDatasets
import SalienceJSON
import SalienceModels
import SaliencePipeline
import SalienceReports
import SalienceTensors
import SalienceVulkan

/// Puts a pipeline's parts together: datasets, models, backend and tables.
public struct PipelineRun: Sendable {
  public let pipeline: Pipeline
  public let backend: any Backend
  public let checkpoints: [Checkpoint]
  /// NAME in `model=NAME`, one per checkpoint.
  public let modelNames: [String]
  /// What of each checkpoint's file is not read.
  public private(set) var unusedTensors: [UnusedTensors] = []
  private var methods: [any AttributionMethod]
  private let dataset: RunDataset
  /// nil where no influence is asked for.
  let influence: RunInfluence?

  /// Rows of a unit of work.
  public static let unitRows = 1024

  /// Opens what the pipeline names and checks what can be checked without loading weights.
  ///
  /// - Parameters:
  ///   - fallsBack: whether the processor goes on where a GPU fails for good.
  ///   - profile: whether every kernel is timed.
  ///   - faults: failures of a GPU to inject, in tests.
  ///   - standardInput: called where the pipeline reads it; it is kept for as long as this object lives unless given.
  /// - Throws: errors that name a file, or file, line and key of the pipeline.
  public init(
    _ pipeline: Pipeline, fallsBack: Bool = false, profile: Bool = false, faults: VulkanFaults? = nil,
    standardInput: () throws -> StandardInput = { try StandardInput() }
  ) throws {
    self.pipeline = pipeline
    methods = pipeline.methods.map(\.method)
    modelNames = try ModelName.unique(pipeline.models)
    let backend = try pipeline.device.backend(precision: pipeline.precision, profile: profile, faults: faults)
    self.backend =
      fallsBack && !(backend is CPUBackend)
      ? FallbackBackend(backend, spare: CPUBackend(precision: pipeline.precision), warn: warnOnStandardError) : backend
    checkpoints = try pipeline.models.map { try Checkpoint(directory: $0) }
    dataset = try RunDataset(pipeline, standardInput: standardInput)
    influence = try RunInfluence(pipeline)
    for (index, checkpoint) in checkpoints.enumerated() {
      do {
        try AttributionModel.validate(methods, for: checkpoint.config, task: pipeline.task)
        try checkTask(of: checkpoint)
        try checkInfluence(of: checkpoint, named: pipeline.models[index])
        unusedTensors.append(try AttributionModel.unusedTensors(of: checkpoint, task: pipeline.task))
      } catch let error as AttributionError {
        throw located(error, model: index)
      } catch {
        throw PipelineError.naming(pipeline.models[index], in: error)
      }
    }
    methods = try methods.comparing(withTextsOf: dataset)
  }

  /// Checks what the dataset must have, and that nothing is set that another task alone would heed.
  private func checkTask(of checkpoint: Checkpoint) throws {
    let head = try pipeline.task.head(for: checkpoint.config)
    if head == .questionAnswering, pipeline.dataset.columns.textPair == nil {
      throw PipelineError(
        .usage, "the key 'dataset.columns.context' is required: questions are answered from a context",
        at: pipeline.origins.place(of: "dataset.columns"))
    }
    for (key, task) in [("generation", ModelHead.causalLM), ("answers", .questionAnswering)]
    where task != head && pipeline.origins.hasKey(key) {
      throw PipelineError(
        .usage, "'\(key)' is no setting of what \(checkpoint.directory) is asked; is 'task' right?",
        at: pipeline.origins.place(of: key))
    }
  }

  /// What a user should know before the run; nil where there is nothing to say.
  public var warning: String? { backend.device.substitution(for: pipeline.precision) }

  /// What a user should know of how the dataset is read, one line each.
  public var datasetNotes: [String] { dataset.notes }

  /// The dataset from its beginning.
  public func openDataset() throws -> DatasetReader { dataset.reader() }

  /// Loads a model with the pipeline's methods.
  public func scorer(_ index: Int) async throws -> PipelineScorer {
    try await scorer(index, of: checkpoints[index])
  }

  private func scorer(_ index: Int, of checkpoint: Checkpoint) async throws -> PipelineScorer {
    do {
      let model = try await AttributionModel(
        checkpoint: checkpoint, task: pipeline.task, methods: methods, faithfulness: pipeline.faithfulness, on: backend)
      return PipelineScorer(model: model, pipeline: pipeline, device: backend.device)
    } catch let error as AttributionError where error.code == .usage {
      throw located(error, model: index)
    } catch {
      throw PipelineError.naming(pipeline.models[index], in: error)
    }
  }

  /// A run that can be executed once.
  ///
  /// - Parameters:
  ///   - options: all units of a run that is not there yet, unless given.
  ///   - limit: how many rows are scored, from the first on; all unless given.
  ///   - progress: says nothing unless given.
  ///   - ceilings: what a profile is read by; nil leaves its fractions out.
  public func run(
    options: Run.Options = Run.Options(), limit: Int64? = nil,
    progress: RunProgress = RunProgress(style: .quiet, write: { _ in }), ceilings: DeviceCeilings? = nil
  ) throws -> Run {
    let layout = RunLayout(path: pipeline.output.directory)
    let fingerprint = RunFingerprint(
      pipeline: pipeline, precision: backend.device.precision, unitRows: Self.unitRows, limit: limit,
      models: try zip(modelNames, checkpoints).map { name, checkpoint in
        RunFingerprint.Model(name: name, files: try checkpoint.files.map(RunFingerprint.File.init(reading:)))
      },
      dataset: try dataset.fingerprint(), training: try influence?.fingerprint() ?? [])
    var opened: [Checkpoint] = []
    let models = try modelNames.indices.map { index in
      let files = fingerprint.models[index].files
      // Opened once more, after the checksums were taken: what is read from now on is what they tell of.
      let checkpoint = try Checkpoint(directory: checkpoints[index].directory)
      for file in files { try file.checkUnchanged() }
      guard checkpoint.files == files.map(\.path) else {
        throw PipelineError(.data, "files came or went while the run began", at: checkpoint.directory)
      }
      opened.append(checkpoint)
      return Run.Model(name: modelNames[index]) {
        for file in files { try file.checkUnchanged() }
      } load: {
        try await scorer(index, of: checkpoint)
      }
    }
    return Run(
      layout: layout, fingerprint: fingerprint, models: models, options: options,
      resources: resources(
        ceilings, isResumed: options.resume, files: fingerprint.dataset + fingerprint.training,
        influence: influenceStage(opened)),
      facts: RunFacts(
        version: salienceVersion, pipeline: pipeline.resolved, device: backend.device.json, seeds: pipeline.seeds),
      progress: progress)
  }

  /// Where the run's time went so far; nil unless it was asked for.
  public func profileReport(_ ceilings: DeviceCeilings?) -> ProfileReport? {
    backend.profile.map { ProfileReport($0, ceilings: ceilings) }
  }

  /// What the tables hold and how they are compressed.
  var tableOptions: UnitWriter.Options {
    UnitWriter.Options(
      includeText: pipeline.output.text, keep: pipeline.dataset.columns.keep,
      compression: pipeline.output.compression == .zstd ? .zstd : .none,
      words: pipeline.output.words, createdBy: "salience version \(salienceVersion)")
  }

  private func resources(
    _ ceilings: DeviceCeilings?, isResumed: Bool, files: [RunFingerprint.File],
    influence: (@Sendable (Run) async throws -> Void)?
  ) -> Run.Resources {
    let tables = tableOptions
    let (writesCSV, names) = (pipeline.output.formats.contains(.csv), modelNames)
    return Run.Resources(
      openDataset: { try dataset.readerOfRun() },
      checkDataset: { for file in files { try file.checkUnchanged() } },
      openTables: { UnitWriter(directory: $0, options: tables) },
      unitPublished: Allocator.releaseFreedMemory,
      afterScoring: influence,
      finish: { layout, staging in
        if influence != nil { try Run.publishInfluence(of: layout, in: staging) }
        guard writesCSV else { return }
        let output = try FileOutput(creating: "\(staging)/tokens.csv")
        // A model whose rows all failed has no tables, and so no lines; where none has any, the header is all.
        if let run = try? RunDirectory(path: layout.path) {
          try TokenCSV.export(run, models: names.filter(run.models.contains), to: output)
        } else {
          try TokenCSV.writeHeader(to: output)
        }
        try output.finish()
      },
      closingFacts: {
        var facts = [JSONMember(name: "dataset_notes", value: .array(datasetNotes.map(JSONValue.string)))]
        let unread = zip(names, unusedTensors).compactMap { name, unused in
          unused.summary.map { JSONMember(name: name, value: .string($0)) }
        }
        if !unread.isEmpty { facts.append(JSONMember(name: "unread_tensors", value: .object(unread))) }
        if let summary = self.influence?.summary.withLock({ $0 }) {
          facts.append(JSONMember(name: "influence", value: summary.json))
        }
        if let fallback = backend as? FallbackBackend {
          facts.append(JSONMember(name: "fallback", value: fallback.json))
        }
        if let report = profileReport(ceilings) { facts.append(JSONMember(name: "profile", value: report.json)) }
        return facts
      },
      precisions: { (backend as? FallbackBackend)?.precisions(isResumed: isResumed) ?? [backend.device.precision] })
  }
}

extension DeviceDescription {
  /// For `run.json` and `salience devices --json`.
  public var json: JSONValue {
    [
      "name": .string(name), "details": .string(details), "concurrency": .integer(concurrency),
      "precision": .string(precision.rawValue), "tolerance": .double(tolerance),
    ]
  }
}
