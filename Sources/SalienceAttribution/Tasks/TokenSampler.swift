import Foundation
import SalienceTensors

/// Chooses the next token from logits, as transformers' `generate` does: greedily, or drawn after its temperature,
/// top-k and top-p, in this order.
///
/// What is drawn follows from the prompt, the seed and the place after the prompt alone.
public struct TokenSampler: Sendable {
  private let settings: GenerationSettings
  private let key: SIMD2<UInt32>

  /// - Parameter prompt: token ids.
  public init(_ settings: GenerationSettings, prompt: [Int32]) {
    self.settings = settings
    let types = [Int32](repeating: 0, count: prompt.count)
    let seed = SampleSeeds(ids: prompt, typeIDs: types, method: "generate", seed: settings.seed)[0]
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
  }

  /// The token at a place after the prompt, counted from 0; nil where no logit is a finite number.
  public func token(_ logits: [Float], step: Int) -> Int32? {
    guard let top = logits.max(), top.isFinite else { return nil }
    guard let temperature = settings.temperature, temperature > 0 else {
      return logits.firstIndex(of: top).map { Int32($0) }
    }
    let candidates = candidates(logits.map { Double($0) / temperature })
    // 53 bits, the most that a number between 0 and 1 holds.
    let words = Philox.words(counter: SIMD4(UInt32(truncatingIfNeeded: step), 0, 0, 0), key: key)
    let uniform = Double((UInt64(words.x) << 32 | UInt64(words.y)) >> 11) * 0x1p-53
    var rest = uniform * candidates.reduce(0) { $0 + $1.weight }
    for candidate in candidates {
      rest -= candidate.weight
      if rest < 0 { return Int32(candidate.token) }
    }
    return candidates.last.map { Int32($0.token) }
  }

  /// Tokens that may be drawn, in order of their ids, and their probabilities up to a common factor.
  private func candidates(_ scores: [Double]) -> [(token: Int, weight: Double)] {
    var kept = Array(scores.indices)
    if let topK = settings.topK, topK < scores.count {
      // Ties with the last of them stay.
      let least = scores.sorted(by: >)[max(1, topK) - 1]
      kept = kept.filter { scores[$0] >= least }
    }
    let top = scores.max() ?? 0
    func weight(_ token: Int) -> Double { exp(scores[token] - top) }
    if let topP = settings.topP, topP < 1 {
      // From the least likely on, tokens go while their probabilities sum to no more than 1 - p; the likeliest stays.
      let ascending = kept.sorted { (scores[$0], $0) < (scores[$1], $1) }
      let limit = (1 - topP) * ascending.reduce(0) { $0 + weight($1) }
      var sum = 0.0
      let dropped = ascending.dropLast().prefix { token in
        sum += weight(token)
        return sum <= limit
      }
      kept = ascending.dropFirst(dropped.count).sorted()
    }
    return kept.map { ($0, weight($0)) }
  }
}
