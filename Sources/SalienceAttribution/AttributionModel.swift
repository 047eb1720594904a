import Foundation
import SalienceCheckpoints
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// A checkpoint on a backend, ready to predict and to be explained.
public struct AttributionModel: Sendable {
  public let checkpoint: Checkpoint
  public let tokenizer: Tokenizer
  public let architecture: any Architecture
  /// Class names by index.
  public let labels: [String]
  public let methods: [any AttributionMethod]
  /// The model cut at each layer that a method asks for.
  public let programs: [PathProgram]
  private let programOfMethod: [Int]
  private let prepared: any PreparedModel

  /// Loads a Hugging Face directory and checks weights and settings before anything is scored.
  public init(
    checkpoint: Checkpoint, methods: [any AttributionMethod], on backend: any Backend
  ) async throws {
    self.checkpoint = checkpoint
    self.methods = methods
    architecture = try ModelRegistry.architecture(for: checkpoint.config)
    tokenizer = try Tokenizer(directory: checkpoint.directory)
    labels = try checkpoint.config.labelNames
    for method in methods { try method.validate(tokenizer: tokenizer, labels: labels) }
    var layers: [AttributionLayer] = []
    for layer in methods.map(\.layer) where !layers.contains(layer) { layers.append(layer) }
    if layers.isEmpty { layers = [.embeddings] }
    programs = try layers.map(architecture.program)
    programOfMethod = methods.map { layers.firstIndex(of: $0.layer) ?? 0 }
    let names = Set(programs.flatMap(\.parameters).flatMap(\.pieces)).sorted()
    try checkpoint.parameters.validateFinite(names.filter { checkpoint.parameters.shape(of: $0) != nil })
    prepared = try await backend.prepare(programs, parameters: checkpoint.parameters)
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
    let probability = logits.count == 1
      ? 1 / (1 + exp(-Double(top))) : 1 / logits.reduce(0) { $0 + exp(Double($1) - Double(top)) }
    return Prediction(label: labels[index], index: index, probability: Float(probability), logits: logits)
  }
}
