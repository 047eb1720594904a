import SalienceCheckpoints
import SalienceModels

/// A checkpoint's tensors as its family names them.
struct StoredModel {
  let architecture: any Architecture
  let parameters: PrefixedParameters
  private let checkpoint: Checkpoint
  private let head: ModelHead
  /// Whether the head is one that nothing names.
  private let isGuessed: Bool

  /// - Throws: `ModelError` or `CheckpointError` for a checkpoint that cannot be used.
  init(_ checkpoint: Checkpoint, task: TaskSettings) throws {
    self.checkpoint = checkpoint
    head = try task.head(for: checkpoint.config)
    isGuessed = task.head == nil && checkpoint.config.architectures.isEmpty
    let stated = try ModelRegistry.architecture(for: checkpoint.config)
    func parameters(of architecture: any Architecture) -> PrefixedParameters {
      PrefixedParameters(
        checkpoint.parameters, prefix: task.tensorPrefix, base: type(of: architecture).basePrefix,
        sameNames: architecture.sameNames)
    }
    // As in transformers, tables that are stored apart and differ are not tied, whatever config.json says.
    let isOfWords = stated.tiesWords && (head == .maskedLM || head == .causalLM)
    let tables = isOfWords ? type(of: stated).tiedNames.first ?? [] : []
    let stored = tables.compactMap(parameters(of: stated).storedName(ofExactly:))
    let areApart = try stored.count == 2 && !checkpoint.parameters.areEqual(stored[0], stored[1])
    architecture =
      areApart
      ? try ModelRegistry.architecture(for: checkpoint.config.setting("tie_word_embeddings", to: false)) : stated
    self.parameters = parameters(of: architecture)
  }

  /// Checks that the tensors are there and hold numbers.
  ///
  /// - Throws: `CheckpointError` naming those that are missing, or the first that holds NaN or infinity.
  func validate(_ names: Set<String>) throws {
    let missing = names.filter { parameters.storedName(of: $0) == nil }.sorted()
    if let first = missing.first {
      let others = missing.count > 1 ? ", and \(missing.count - 1) more" : ""
      let guess = isGuessed ? "; config.json names no architecture: name the task that the model was trained for" : ""
      throw CheckpointError(
        .invalid,
        "missing\(others): model_type '\(try checkpoint.config.modelType)' needs it with \(head.rawValue)\(guess)",
        file: checkpoint.directory, tensor: first)
    }
    try checkpoint.parameters.validateFinite(Set(names.compactMap(parameters.storedName(of:))).sorted())
  }
}
