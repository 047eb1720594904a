import SalienceCheckpoints
import SalienceModels
import SalienceTensors

/// A checkpoint's tensors as its family names them.
struct StoredModel {
  let architecture: any Architecture
  let parameters: PrefixedParameters
  /// What of the file the model does not read.
  let unused: UnusedTensors
  private let checkpoint: Checkpoint
  private let task: TaskSettings
  private let head: ModelHead

  /// Checks names and shapes of all tensors, which their headers say, before anything is made of the sizes in config.json.
  ///
  /// - Throws: `ModelError` or `CheckpointError` for a checkpoint that cannot be used, `missing` and `surplus` tensors
  ///   among its reasons.
  init(_ checkpoint: Checkpoint, task: TaskSettings) throws {
    self.checkpoint = checkpoint
    self.task = task
    head = try task.head(for: checkpoint.config)
    let stated = try ModelRegistry.architecture(for: checkpoint.config)
    try stated.requireHead(head)
    // As in transformers, tables that are stored apart and differ are not tied, whatever config.json says.
    let isOfWords = stated.tiesWords && head.givesWords
    let tables = isOfWords ? type(of: stated).tiedNames.first ?? [] : []
    let named = Self.parameters(of: checkpoint, as: stated, task)
    let stored = tables.compactMap(named.storedName(ofExactly:))
    let areApart = try stored.count == 2 && !checkpoint.parameters.areEqual(stored[0], stored[1])
    architecture =
      areApart
      ? try ModelRegistry.architecture(for: checkpoint.config.setting("tie_word_embeddings", to: false)) : stated
    parameters = Self.parameters(of: checkpoint, as: architecture, task)
    unused = try Self.unused(checkpoint, as: architecture, head, task)
    try requireEqualCopies()
  }

  private static func parameters(
    of checkpoint: Checkpoint, as architecture: any Architecture, _ task: TaskSettings
  ) -> PrefixedParameters {
    PrefixedParameters(
      checkpoint.parameters, prefix: task.tensorPrefix, base: type(of: architecture).basePrefix,
      sameNames: architecture.sameNames)
  }

  /// The tensors that a checkpoint's model does not read.
  ///
  /// - Throws: `CheckpointError` where the model lacks tensors, or where some are left over that may change it.
  static func unused(_ checkpoint: Checkpoint, task: TaskSettings) throws -> UnusedTensors {
    let head = try task.head(for: checkpoint.config)
    let architecture = try ModelRegistry.architecture(for: checkpoint.config)
    return try unused(checkpoint, as: architecture, head, task)
  }

  private static func unused(
    _ checkpoint: Checkpoint, as architecture: any Architecture, _ head: ModelHead, _ task: TaskSettings
  ) throws -> UnusedTensors {
    // The whole model reads every tensor that any program reads.
    let all = try architecture.graph(head).plan.parameters
    let source = parameters(of: checkpoint, as: architecture, task)
    let names = Set(all.flatMap(\.names))
    let missing = names.filter { source.storedName(of: $0) == nil }
    guard missing.isEmpty else {
      throw CheckpointError(missing: missing, of: checkpoint, head: head, family: type(of: architecture), task: task)
    }
    try requireShapes(all, in: source, of: checkpoint)
    var used = Set(names.compactMap(source.storedName(of:)))
    for group in type(of: architecture).tiedNames where head.givesWords && group.contains(where: names.contains) {
      used.formUnion(group.compactMap(source.storedName(ofExactly:)))
    }
    let unused = UnusedTensors(
      among: checkpoint.parameters.names, used: used, by: type(of: architecture), prefix: task.tensorPrefix,
      allowing: task.allowedTensors)
    guard unused.surplus.isEmpty else {
      throw CheckpointError(surplus: unused.surplus, of: checkpoint, layerCount: architecture.layerCount)
    }
    return unused
  }

  /// Checks that every tensor has the shape that config.json gives it, and nothing of it is left over.
  private static func requireShapes(
    _ parameters: [Parameter], in source: PrefixedParameters, of checkpoint: Checkpoint
  ) throws {
    var ends: [String: (end: Int, of: Int)] = [:]
    for parameter in parameters {
      do {
        try parameter.validate(in: source)
      } catch let error as TensorError {
        throw CheckpointError(
          .invalid, "\(error.message) by the sizes in config.json", file: checkpoint.directory)
      }
      for name in parameter.pieces {
        guard let stored = source.shape(of: name), let reach = parameter.reach(into: stored) else { continue }
        ends[name] = (max(reach.end, ends[name]?.end ?? 0), reach.of)
      }
    }
    for (name, reach) in ends.sorted(by: { $0.key < $1.key }) where reach.end < reach.of {
      throw CheckpointError(
        .invalid, "by the sizes in config.json \(reach.end) of \(reach.of) rows or columns are read",
        file: checkpoint.directory, tensor: name)
    }
  }

  /// Checks that biases which are one and the same to a language model are so in the file, where it holds them all.
  private func requireEqualCopies() throws {
    guard architecture.tiesWords, head.givesWords else { return }
    for group in type(of: architecture).tiedNames.dropFirst() {
      let stored = group.compactMap(parameters.storedName(ofExactly:))
      guard let first = stored.first else { continue }
      for other in stored.dropFirst() where try !checkpoint.parameters.areEqual(first, other) {
        throw CheckpointError(
          .invalid, "differs from '\(first)', though both are the same to this model", file: checkpoint.directory,
          tensor: other)
      }
    }
  }

  /// Checks that the tensors that programs read hold numbers.
  ///
  /// - Throws: `CheckpointError` naming the first that holds NaN or infinity.
  func requireNumbers(in names: Set<String>) throws {
    try checkpoint.parameters.validateFinite(Set(names.compactMap(parameters.storedName(of:))).sorted())
  }
}

extension ModelHead {
  /// Whether its outputs are words, so that its table may be the one of the embeddings.
  fileprivate var givesWords: Bool { self == .maskedLM || self == .causalLM }
}

extension Parameter {
  /// The tensors that the parameter is made of, those of its transform included.
  fileprivate var names: [String] {
    guard case .relativePositions(let table) = transform else { return pieces }
    let projection = ["\(table.projection).weight", "\(table.projection).bias"]
    return pieces + projection + (table.norm.map { ["\($0.name).weight", "\($0.name).bias"] } ?? [])
  }
}
