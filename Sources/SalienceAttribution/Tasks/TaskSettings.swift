import SalienceCheckpoints
import SalienceModels
import SalienceTokenizers

/// What is asked of a model, where its configuration does not say it all.
public struct TaskSettings: Sendable, Equatable {
  /// nil: the head that config.json names.
  public var head: ModelHead?
  /// What a sequence classifier reads.
  public var pooling: Pooling
  public var generation: GenerationSettings
  /// Most tokens of an answer.
  public var maximumAnswerLength: Int
  /// Tokens that windows of a long context share; half a window at most.
  public var stride: Int
  /// What stands before the family's tensor names in a custom checkpoint; nil for nothing.
  public var tensorPrefix: String?
  /// Patterns of tensors that may be in the file though the model does not read them; `*` stands for any text.
  public var allowedTensors: [String]

  public enum Pooling: String, Sendable, CaseIterable {
    /// What the family's own classifiers read.
    case standard
    /// The mean of all tokens' rows, as custom heads read it.
    case mean
  }

  public init(
    head: ModelHead? = nil, pooling: Pooling = .standard, generation: GenerationSettings = GenerationSettings(),
    maximumAnswerLength: Int = 15, stride: Int = 128, tensorPrefix: String? = nil, allowedTensors: [String] = []
  ) {
    self.head = head
    self.pooling = pooling
    self.generation = generation
    self.maximumAnswerLength = maximumAnswerLength
    self.stride = stride
    self.tensorPrefix = tensorPrefix
    self.allowedTensors = allowedTensors
  }

  /// What of the model the task needs.
  ///
  /// - Throws: `ModelError` where neither the settings nor the configuration says it.
  public func head(for configuration: ModelConfiguration) throws -> ModelHead {
    try head ?? ModelHead(of: configuration)
  }

  /// The task as far as a configuration alone can say it; nil where the outputs are a tokenizer's vocabulary.
  func taskOfClasses(
    for configuration: ModelConfiguration, architecture: any Architecture
  ) throws -> (any ModelTask)? {
    switch try head(for: configuration) {
    case .sequenceClassification:
      let name = try configuration.string("problem_type", default: "single_label_classification")
      guard let kind = SequenceClassification.Kind(rawValue: name) else {
        throw ModelError(.unsupported, "problem_type '\(name)' is not supported", file: configuration.file)
      }
      return SequenceClassification(
        labels: try configuration.labelNames, kind: kind,
        readout: pooling == .mean ? .mean : architecture.classifierReadout)
    case .questionAnswering: return QuestionAnswering(maximumAnswerLength: maximumAnswerLength, stride: stride)
    case .tokenClassification: return TokenClassification(labels: try configuration.labelNames)
    case .maskedLM, .causalLM: return nil
    }
  }

  func task(
    for configuration: ModelConfiguration, architecture: any Architecture, tokenizer: Tokenizer
  ) throws -> any ModelTask {
    if let task = try taskOfClasses(for: configuration, architecture: architecture) { return task }
    if try head(for: configuration) == .maskedLM {
      return try MaskedLanguageModel(tokenizer: tokenizer, vocabularySize: architecture.vocabularySize)
    }
    return CausalLanguageModel(
      tokenizer: tokenizer, vocabularySize: architecture.vocabularySize, generation: generation)
  }
}
