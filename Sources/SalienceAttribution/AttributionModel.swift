import Foundation
import SalienceCheckpoints
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// A checkpoint on a backend, ready to predict and to be explained.
public struct AttributionModel: Sendable {
  public let tokenizer: Tokenizer
  public let architecture: any Architecture
  /// Class names by index.
  public let labels: [String]
  public let methods: [any AttributionMethod]
  /// The model cut at each layer that a method asks for.
  public let programs: [PathProgram]
  let programOfMethod: [Int]
  private let prepared: any PreparedModel

  /// Loads a Hugging Face directory and checks weights and settings before anything is scored.
  ///
  /// - Parameter savings: what is left out of the work; without some, scores are the same but for rounding.
  public init(
    checkpoint: Checkpoint, methods: [any AttributionMethod], savings: ExactSavings = .all, on backend: any Backend
  ) async throws {
    self.methods = methods.map { $0.adapted(to: backend.device.precision) }
    try Self.validate(methods, for: checkpoint.config)
    architecture = try ModelRegistry.architecture(for: checkpoint.config)
    tokenizer = try Tokenizer(directory: checkpoint.directory)
    labels = try checkpoint.config.labelNames
    try Self.eachMethod(of: methods) { [tokenizer, labels] in try $0.validate(tokenizer: tokenizer, labels: labels) }
    var layers: [AttributionLayer] = []
    for layer in methods.map(\.layer) where !layers.contains(layer) { layers.append(layer) }
    if layers.isEmpty { layers = [.embeddings] }
    programs = try layers.map { [architecture] in try architecture.program(at: $0, savings: savings) }
    programOfMethod = methods.map { layers.firstIndex(of: $0.layer) ?? 0 }
    let names = Set(programs.flatMap(\.parameters).flatMap(\.pieces)).sorted()
    try checkpoint.parameters.validateFinite(names.filter { checkpoint.parameters.shape(of: $0) != nil })
    prepared = try await backend.prepare(programs, parameters: checkpoint.parameters)
  }

  /// Checks layers and targets against a model's configuration, which takes neither its weights nor its tokenizer.
  ///
  /// - Throws: `AttributionError` with code `usage`, setting and method; `ModelError` or `CheckpointError` for a
  ///   configuration that cannot be used.
  public static func validate(_ methods: [any AttributionMethod], for configuration: ModelConfiguration) throws {
    let layerCount = try ModelRegistry.architecture(for: configuration).layerCount
    let labels = try configuration.labelNames
    try eachMethod(of: methods) { method in
      try method.target.validate(labels: labels)
      if case .encoder(let index) = method.layer, index >= layerCount {
        throw AttributionError(
          .usage, "no \(method.layer): the model has encoder layers 0 to \(layerCount - 1)", setting: .layer)
      }
    }
  }

  /// Calls `check` with each method, whose id its error then holds.
  private static func eachMethod(
    of methods: [any AttributionMethod], _ check: (any AttributionMethod) throws -> Void
  ) throws {
    for method in methods {
      do {
        try check(method)
      } catch var error as AttributionError {
        error.method = method.id
        throw error
      }
    }
  }

  /// Most tokens of a sequence: the model's positions, or fewer where the tokenizer says so.
  public var maximumLength: Int { min(architecture.maximumLength, tokenizer.modelMaxLength ?? .max) }

  /// - Throws: `TokenizerError`, or `AttributionError` where an id is outside the model's vocabulary.
  public func encode(_ text: String, pair: String?, maxLength: Int? = nil) throws -> Encoding {
    let encoding = try tokenizer.encode(text, pair: pair, maxLength: min(maxLength ?? .max, maximumLength))
    guard encoding.count > 0 else { throw AttributionError(.example, "the text has no tokens") }
    guard encoding.ids.allSatisfy({ $0 >= 0 && $0 < architecture.vocabularySize }) else {
      throw AttributionError(.example, "a token's id is outside the model's vocabulary")
    }
    return encoding
  }

  /// Prediction and explanations of each encoding; an example that cannot be scored fails alone.
  ///
  /// - Parameter labels: each example's own label, for methods that explain it.
  /// - Throws: where the backend fails.
  public func score(
    _ encodings: [Encoding], labels ownLabels: [String?]
  ) async throws -> [Result<(Prediction, [Explanation]), AttributionError>] {
    let ends = encodings.map { PathEnd(architecture.sequence(ids: $0.ids, typeIDs: $0.typeIDs)) }
    let outputs = try await prepared.outputs(program: 0, of: ends)
    var results: [Result<(Prediction, [Explanation]), AttributionError>] = outputs.map { logits in
      Result { () throws(AttributionError) in (try prediction(logits), []) }
    }
    for (index, method) in methods.enumerated() {
      var requests: [(example: Int, targets: [ResolvedTarget], request: PathRequest)] = []
      for example in encodings.indices {
        guard case .success(let (prediction, _)) = results[example] else { continue }
        do {
          let targets = try method.target.resolve(
            labels: labels, predicted: prediction.index, label: ownLabels[example])
          let request = try method.request(
            encodings[example], targets: targets, tokenizer: tokenizer, architecture: architecture)
          requests.append((example, targets, request))
        } catch let error as AttributionError {
          results[example] = .failure(error)
        }
      }
      let responses = try await prepared.attribute(program: programOfMethod[index], requests: requests.map(\.request))
      for (item, response) in zip(requests, responses) {
        guard case .success(let (prediction, known)) = results[item.example] else { continue }
        do {
          let own = try method.explanations(targets: item.targets, outputs: outputs[item.example], response: response)
          results[item.example] = .success((prediction, known + own))
        } catch let error as AttributionError {
          results[item.example] = .failure(error)
        }
      }
    }
    return results
  }

  private func prediction(_ logits: [Float]) throws(AttributionError) -> Prediction {
    guard logits.allSatisfy(\.isFinite), let top = logits.max(), let index = logits.firstIndex(of: top) else {
      throw AttributionError(.notFinite, "the model's logits are not finite numbers")
    }
    // One logit has no softmax worth the name; its sigmoid is the probability.
    let probability =
      logits.count == 1
      ? 1 / (1 + exp(-Double(top))) : 1 / logits.reduce(0) { $0 + exp(Double($1) - Double(top)) }
    return Prediction(label: labels[index], index: index, probability: Float(probability), logits: logits)
  }
}
