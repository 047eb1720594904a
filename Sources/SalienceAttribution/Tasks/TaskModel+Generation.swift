import Foundation
import SalienceModels
import SalienceTensors
import SalienceTokenizers
import Synchronization

/// A token that follows others, and how likely the model found it there.
struct ContinuedToken: Sendable {
  let id: Int32
  let logit: Float
  let logProbability: Double

  init(_ id: Int32, _ logits: [Float]) {
    self.id = id
    logit = logits[Int(id)]
    logProbability = logSoftmax(logits, at: Int(id))
  }
}

/// The logarithm of an output's softmax, in double precision.
func logSoftmax(_ logits: [Float], at index: Int) -> Double {
  let top = Double(logits.max() ?? 0)
  return Double(logits[index]) - top - log(logits.reduce(0) { $0 + exp(Double($1) - top) })
}

extension TaskModel {
  /// The tokens that follow each prompt, up to an end token or the most that the settings or the model allow.
  ///
  /// An end token belongs to what it ends, as in transformers.
  ///
  /// - Returns: one entry per prompt; nil where the model's logits at a step were not finite.
  func generate(after prompts: [Encoding], _ settings: GenerationSettings) async throws -> [[ContinuedToken]?] {
    if prompts.isEmpty { return [] }
    let samplers = prompts.map { TokenSampler(settings, prompt: $0.ids) }
    // The last token is never an input, so it needs no position.
    let limits = prompts.map { min(settings.maximumNewTokens, architecture.maximumLength - $0.count + 1) }
    let chosen = Chosen(prompts.count)
    let request = GenerationRequest(
      prompts: prompts.map { architecture.sequence(ids: $0.ids, typeIDs: $0.modelTypeIDs) }, limits: limits,
      endTokens: endTokens
    ) { prompt, step, logits in
      guard let id = samplers[prompt].token(logits, step: step) else {
        chosen.broken.withLock { _ = $0.insert(prompt) }
        return nil
      }
      chosen.tokens.withLock { $0[prompt][step] = ContinuedToken(id, logits) }
      return id
    }
    let generated = try await prepared.generate(decoder: 0, request)
    let broken = chosen.broken.withLock { $0 }
    return chosen.tokens.withLock { tokens in
      generated.enumerated().map { prompt, ids in
        broken.contains(prompt) ? nil : ids.indices.compactMap { tokens[prompt][$0] }
      }
    }
  }

  /// The tokens of a text from a position on, as the model finds them after those before each.
  func continuation(of encoding: Encoding, from first: Int) async throws -> [ContinuedToken] {
    var result: [ContinuedToken] = []
    // A vector of V logits a position: a few at a time.
    for start in stride(from: first, to: encoding.count, by: 16) {
      let positions = Array(start..<min(start + 16, encoding.count))
      let logits = try await logits(
        of: positions.map { encoding.keeping(Array(0..<$0)) }, rows: positions.map { $0 - 1 })
      result += zip(positions, logits).map { ContinuedToken(encoding.ids[$0], $1) }
    }
    return result
  }

  /// What was chosen at each step of each prompt; a device that fails may be asked again.
  private final class Chosen: Sendable {
    let tokens: Mutex<[[Int: ContinuedToken]]>
    /// Prompts whose logits were not finite at a step.
    let broken = Mutex<Set<Int>>([])

    init(_ prompts: Int) { tokens = Mutex(Array(repeating: [:], count: prompts)) }
  }
}
