import SalienceAttribution
import SalienceCheckpoints
import SalienceDatasets
import SaliencePipeline
import SalienceReports
import SalienceTensors

/// A model with its methods on a device, which scores texts one by one; a `PipelineRun` scores a dataset.
///
/// ```swift
/// let attributor = try await Attributor(model: "models/demo/checkpoint-8000")
/// let scored = try await attributor.attribute("Not bad at all.")
/// for explanation in scored.explanations {
///   for (token, score) in zip(scored.encoding.tokens, explanation.normalized) { print(token, score) }
/// }
/// ```
public struct Attributor: Sendable {
  /// The loaded model: its tokenizer, its task and its methods.
  public let model: AttributionModel

  /// Loads a model.
  ///
  /// - Parameters:
  ///   - model: a Hugging Face directory, or `org/name` in the local cache.
  ///   - methods: what scores the tokens; integrated gradients with 50 steps unless given.
  ///   - faithfulness: what is measured of every explanation; nothing unless given.
  ///   - task: what the model is asked; as its configuration says unless given.
  ///   - device: the best GPU, or the processor where there is none, unless given.
  ///   - precision: of matrix products; f32 where the device lacks it, which `backend.device` of a run tells.
  /// - Throws: an error that names the file, tensor or setting at fault; `DeviceError` where the device is not there.
  public init(
    model: String, methods: [any AttributionMethod]? = nil, faithfulness: Faithfulness? = nil,
    task: TaskSettings = TaskSettings(), device: Pipeline.Device = .auto, precision: Precision = .f32
  ) async throws {
    self.model = try await AttributionModel(
      checkpoint: try Checkpoint(directory: model), task: task, methods: try methods ?? [IntegratedGradients()],
      faithfulness: faithfulness, on: try device.backend(precision: precision))
  }

  /// What the model decides of a text, and one explanation per method and target.
  ///
  /// - Parameter pair: a second text: the context of a question, the continuation of a prompt.
  /// - Throws: `TokenizerError` or `AttributionError` where the text cannot be scored; what the device throws.
  public func attribute(_ text: String, pair: String? = nil) async throws -> ScoredExample {
    if pair == nil, model.task.head == .questionAnswering {
      throw AttributionError(.example, "a question is answered from a context, which is missing")
    }
    guard let result = try await model.score([try model.input(text, pair: pair)]).first else {
      throw AttributionError(.example, "the text has no result")
    }
    return ScoredExample(Example(row: 0, id: "0", text: text, textPair: pair), try result.get())
  }
}

extension ScoredExample {
  /// An example with what a model made of it.
  public init(_ example: Example, _ scored: ScoredInput) {
    self.init(
      example: example, encoding: scored.decision.encoding, prediction: scored.decision.prediction,
      explanations: scored.explanations,
      status: example.text.isEmpty && (example.textPair ?? "").isEmpty ? .empty : .ok)
    seconds = scored.seconds
  }
}
