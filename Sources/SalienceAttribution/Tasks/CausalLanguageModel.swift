import Foundation
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// The tokens that follow a prompt, each explained by those before it.
///
/// A text is the prompt. Where it has a pair, the pair is the continuation that is explained; where it has none, the
/// model generates one.
public struct CausalLanguageModel: ModelTask {
  public let head = ModelHead.causalLM
  public let readout = Readout.selectedRow
  public let outputNames: OutputNames
  public let generation: GenerationSettings
  private let tokenizer: Tokenizer

  public init(tokenizer: Tokenizer, vocabularySize: Int, generation: GenerationSettings = GenerationSettings()) {
    outputNames = OutputNames(vocabularyOf: tokenizer, count: vocabularySize)
    self.generation = generation
    self.tokenizer = tokenizer
  }

  public func windows(of text: String, pair: String?, tokenizer: Tokenizer, maxLength: Int) throws -> [Encoding] {
    var encoding = try tokenizer.encode(text + (pair ?? ""), maxLength: maxLength)
    if encoding.truncated, pair == nil {
      // A prompt that is cut anyway leaves room for what is asked for; one that fits is the user's own, and is continued
      // as far as the model goes.
      let limit = max(1, maxLength - generation.maximumNewTokens)
      encoding = try tokenizer.encode(text, maxLength: limit)
    }
    guard encoding.count > 0 else {
      throw AttributionError(.example, "the prompt has no tokens: the model has nothing to go on")
    }
    if pair == nil { return [encoding] }
    let length = text.unicodeScalars.count
    for index in encoding.ids.indices {
      // A token that reaches over the prompt's end still belongs to the prompt.
      guard let offsets = encoding.offsets[index], offsets.lowerBound >= length else { continue }
      encoding.offsets[index] = offsets.lowerBound - length..<offsets.upperBound - length
      encoding.sequences[index] = 1
    }
    return [encoding]
  }

  public func decide(
    _ inputs: [TaskInput], with model: TaskModel
  ) async throws -> [Result<Decision, AttributionError>] {
    let prompts = inputs.compactMap(\.windows.first)
    let open = inputs.indices.filter { inputs[$0].pair == nil }
    var generated = try await model.generate(after: open.map { prompts[$0] }, generation)[...]
    var results: [Result<Decision, AttributionError>] = []
    for (input, prompt) in zip(inputs, prompts) {
      var (encoding, tokens, first) = (prompt, [ContinuedToken](), prompt.count)
      if input.pair == nil {
        guard let own = generated.popFirst() ?? [] else {
          results.append(.failure(Self.notFinite))
          continue
        }
        tokens = own
        encoding.append(tokens.map(\.id), of: tokenizer)
      } else if let start = prompt.sequences.firstIndex(of: 1) {
        first = max(1, start)
        tokens = try await model.continuation(of: prompt, from: first)
      }
      results.append(Result { () throws(AttributionError) in try decision(encoding, tokens, from: first) })
    }
    return results
  }

  private static let notFinite = AttributionError(.notFinite, "the model's logits are not finite numbers")

  /// The continuation as text; the probability is the geometric mean of its tokens', and the logits are theirs.
  private func decision(
    _ encoding: Encoding, _ tokens: [ContinuedToken], from first: Int
  ) throws(AttributionError) -> Decision {
    guard let start = tokens.first else { throw AttributionError(.example, "nothing follows the prompt") }
    guard tokens.allSatisfy({ $0.logProbability.isFinite }) else {
      throw Self.notFinite
    }
    let mean = tokens.reduce(0) { $0 + $1.logProbability } / Double(tokens.count)
    return Decision(
      encoding: encoding,
      prediction: Prediction(
        label: tokenizer.decode(tokens.map(\.id), skippingSpecialTokens: true), index: Int(start.id),
        probability: Float(exp(mean)), logits: tokens.map(\.logit),
        withoutText: tokens.map { String($0.id) }.joined(separator: " ")),
      choices: tokens.enumerated().map { Decision.Choice(position: first + $0, index: Int($1.id)) })
  }

  public func outputs(of target: Target, for decision: Decision, label: String?) throws -> [ExplainedOutput] {
    if target == .continuation || target == .continuationTokens {
      return continuations(of: decision, isDivided: target == .continuationTokens)
    }
    return try decision.choices.map { choice in
      ExplainedOutput(
        tokenCount: choice.position, selectedRow: choice.position - 1, position: choice.position,
        targets: try target.resolve(outputNames, predicted: choice.index, label: nil))
    }
  }

  /// What follows the prompt as one output, or each of its tokens as one, over the prompt's tokens alone.
  private func continuations(of decision: Decision, isDivided: Bool) -> [ExplainedOutput] {
    guard let first = decision.choices.first?.position else { return [] }
    func output(at position: Int, _ continuation: Continuation, _ target: ResolvedTarget) -> ExplainedOutput {
      ExplainedOutput(
        tokenCount: first, selectedRow: first - 1, position: position, continuation: continuation, targets: [target])
    }
    let tokens = decision.choices.map { Int32(clamping: $0.index) }
    if !isDivided { return [output(at: first, Continuation(tokens), .logProbability("continuation", index: nil))] }
    return decision.choices.enumerated().map { place, choice in
      output(
        at: choice.position, Continuation([tokens[place]], after: Array(tokens[..<place])),
        .logProbability(outputNames[choice.index], index: choice.index))
    }
  }

  public func expectedOutputs(tokens: Int) -> Int { generation.maximumNewTokens }

  /// The log-probability of a continuation is a sum over several rows, which one program does not give.
  public func validate(_ method: any AttributionMethod) throws {
    try validate(method.target)
    try requireNoFill(method)
    guard method.target == .continuation || method.target == .continuationTokens else { return }
    guard method.explainsContinuations else {
      throw AttributionError(
        .usage, "a whole continuation is explained by perturbation methods alone, such as feature-ablation",
        setting: .target)
    }
    if method.output == .probability {
      throw AttributionError(
        .usage, "of a continuation the log-probability is explained: leave 'output' out", setting: .output)
    }
  }

  public func validate(_ target: Target) throws {
    switch target {
    case .all, .label:
      throw AttributionError(
        .usage,
        "a language model's targets are predicted, continuation, continuation-tokens, a token and a contrast of two",
        setting: .target)
    case .continuation, .continuationTokens: break
    default: try target.requireClasses(of: outputNames)
    }
  }
}

extension Encoding {
  /// Adds tokens that stand in no text.
  mutating func append(_ new: [Int32], of tokenizer: Tokenizer) {
    for id in new {
      ids.append(id)
      tokens.append(tokenizer.token(of: id) ?? "\(id)")
      typeIDs.append(0)
      special.append(false)
      offsets.append(nil)
      words.append(nil)
      sequences.append(nil)
    }
  }
}
