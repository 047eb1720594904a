import SalienceAttribution
import Testing

/// Tokens drawn from logits, against the probabilities that transformers 5.23 gives after its warpers
/// (`TemperatureLogitsWarper`, `TopKLogitsWarper`, `TopPLogitsWarper`, then softmax).
@Suite struct TokenSamplerTests {
  private static let logits: [Float] = [1.5, -0.3, 2.25, 0.0, 2.25, -4.0, 0.9, 1.1]

  private func settings(_ temperature: Double?, _ topK: Int? = nil, _ topP: Double? = nil) -> GenerationSettings {
    GenerationSettings(temperature: temperature, topK: topK, topP: topP, seed: 5)
  }

  @Test func greedyTakesTheLargest() {
    #expect(TokenSampler(settings(nil), prompt: [1]).token(Self.logits, step: 0) == 2)
    #expect(TokenSampler(settings(nil), prompt: [1]).token([0, .nan, 1], step: 0) != nil)
    #expect(TokenSampler(settings(1), prompt: [1]).token([.nan, .nan], step: 0) == nil)
    #expect(TokenSampler(settings(nil), prompt: [1]).token([], step: 0) == nil)
  }

  @Test(
    arguments: [
      (1, nil, nil, [0.146078, 0.024147, 0.309248, 0.032594, 0.309248, 0.000597, 0.080169, 0.097919]),
      (0.5, nil, nil, [0.09267, 0.002532, 0.415316, 0.004614, 0.415316, 2e-06, 0.027912, 0.041639]),
      (2, 3, nil, [0.255756, 0, 0.372122, 0, 0.372122, 0, 0, 0]), (1, 1, nil, [0, 0, 0.5, 0, 0.5, 0, 0, 0]),
      (1, nil, 0.5, [0, 0, 0.5, 0, 0.5, 0, 0, 0]),
      (1, nil, 0.9, [0.154964, 0, 0.328058, 0, 0.328058, 0, 0.085046, 0.103875]),
      (0.7, 4, 0.8, [0.146218, 0, 0.426891, 0, 0.426891, 0, 0, 0]), (1.3, nil, 0.05, [0, 0, 0, 0, 1, 0, 0, 0]),
    ] as [(Double, Int?, Double?, [Double])])
  func frequencies(temperature: Double, topK: Int?, topP: Double?, expected: [Double]) {
    let sampler = TokenSampler(settings(temperature, topK, topP), prompt: [3, 1, 4])
    let draws = 20_000
    var counts = [Int](repeating: 0, count: expected.count)
    for step in 0..<draws {
      if let token = sampler.token(Self.logits, step: step) { counts[Int(token)] += 1 }
    }
    for (count, probability) in zip(counts, expected) {
      if probability == 0 { #expect(count == 0) }
      // Five standard deviations, and one draw of a token that is hardly ever drawn.
      let spread = 5 * (probability * (1 - probability) / Double(draws)).squareRoot() + 1 / Double(draws)
      #expect(abs(Double(count) / Double(draws) - probability) <= spread)
    }
  }

  /// The seed and the prompt decide, each of them, and nothing else does.
  @Test func drawsRepeat() {
    func draws(_ prompt: [Int32], seed: UInt64) -> [Int32?] {
      var own = settings(1.5)
      own.seed = seed
      return (0..<20).map { TokenSampler(own, prompt: prompt).token(Self.logits, step: $0) }
    }
    #expect(draws([1, 2], seed: 1) == draws([1, 2], seed: 1))
    #expect(draws([1, 2], seed: 1) != draws([1, 2], seed: 2))
    #expect(draws([1, 2], seed: 1) != draws([2, 1], seed: 1))
  }
}
