import SalienceAttribution
import SalienceDatasets
import SaliencePipeline
import SalienceReports
import SalienceTensors
import SalienceTokenizers

/// Scores a pipeline's examples with one loaded model.
public struct PipelineScorer: ModelScorer {
  public let model: AttributionModel
  public let tokenBudget: Int
  public let concurrency: Int
  private let maxLength: Int?
  private let overLong: Pipeline.OverLong
  private let showsLabels: Bool

  public init(model: AttributionModel, pipeline: Pipeline, device: DeviceDescription) {
    self.model = model
    maxLength = pipeline.dataset.maxLength
    overLong = pipeline.dataset.overLong
    showsLabels = pipeline.output.text
    concurrency = device.concurrency + 1
    let evaluations = model.methods.reduce(0) { $0 + $1.cost(tokens: MethodCost.usualTokens).evaluationsPerRound }
    // What is measured makes a round of its own.
    let copies = model.measuredCopies(tokens: MethodCost.usualTokens)
    tokenBudget = max(64, device.evaluatedTokens / max(1, evaluations, copies))
  }

  public func encode(_ example: Example) throws -> [Encoding] {
    // One that says nothing of this text is the row's fault, found before anything is scored.
    _ = try TextSpans(ofRationale: example)
    _ = try TextSpans(ofSpans: example)
    let windows = try model.input(example.text, pair: example.textPair, maxLength: maxLength).windows
    if let cut = windows.first(where: \.truncated), overLong == .quarantine {
      throw AttributionError(.example, "the text has more than \(cut.count) tokens")
    }
    return windows
  }

  /// FLOPs of matrix products.
  public func work(_ row: EncodedExample) -> Double {
    Double(model.flops(windows: row.windows.map(\.count)))
  }

  /// A row that alone exceeds the device's memory, or that alone cannot be computed, fails alone.
  public func score(_ batch: [EncodedExample]) async throws -> [Result<ScoredExample, RowFailure>] {
    try await answeringInHalves(batch) {
      try await scoreFindingBadRows($0)
    } alone: { _, fault in
      .failure(RowFailure(fault.message))
    }
  }

  private func scoreFindingBadRows(_ batch: [EncodedExample]) async throws -> [Result<ScoredExample, RowFailure>] {
    do {
      return try await scoreTogether(batch)
    } catch let error where Self.isOfARow(error) {
      if batch.count == 1 { return [.failure(RowFailure("\(error)"))] }
      // Each alone shows which row it is.
      var results: [Result<ScoredExample, RowFailure>] = []
      for row in batch { results += try await score([row]) }
      return results
    }
  }

  /// Whether an error can come from what a row holds: neither the device's, nor the model's.
  private static func isOfARow(_ error: any Error) -> Bool {
    switch error {
    case is AttributionError, is TokenizerError: true
    case let error as TensorError: error.code == .shape || error.code == .capacity
    default: false
    }
  }

  private func scoreTogether(_ batch: [EncodedExample]) async throws -> [Result<ScoredExample, RowFailure>] {
    let inputs = batch.map {
      TaskInput(
        text: $0.example.text, pair: $0.example.textPair, label: RowLabel($0.example),
        rationale: try? TextSpans(ofRationale: $0.example), spans: try? TextSpans(ofSpans: $0.example),
        windows: $0.windows)
    }
    return zip(batch, try await model.score(inputs)).map { item, result in
      result.map { ScoredExample(item.example, $0) }.mapError { RowFailure($0.message) }
    }
  }
  public func meaning(of scored: ScoredExample) -> LabelMeaning {
    model.task.meaning(of: RowLabel(scored.example), for: scored.prediction, showsLabels: showsLabels)
  }

  /// The labels of rows that are no class of the model, before anything is scored.
  func unknownLabels(of examples: [Example]) -> UnknownLabels {
    var found = UnknownLabels()
    let nothing = Prediction(label: "", index: 0, probability: 0, logits: [])
    for example in examples {
      found.add(model.task.meaning(of: RowLabel(example), for: nothing, showsLabels: showsLabels))
    }
    return found
  }
}

extension TextSpans {
  /// What people marked; nil where nothing is known of that.
  init?(ofRationale example: Example) throws {
    try self.init(parsing: example.rationale, of: example.text, name: "rationale")
  }

  /// What methods take out; nil where the example names nothing.
  init?(ofSpans example: Example) throws {
    try self.init(parsing: example.spans, of: example.text, name: "column of spans")
  }
}

extension RowLabel {
  /// The label of an example, if it has one.
  init?(_ example: Example) { self.init(example.label, elements: example.labels) }
}
