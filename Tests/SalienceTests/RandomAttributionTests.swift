import SalienceAttribution
import SalienceCPU
import SalienceJSON
import SaliencePipeline
import Testing

/// Random scores follow from the text, the method's id and the seed, and from nothing else.
@Suite struct RandomAttributionTests {
  private func scores(_ method: RandomAttribution, _ texts: [String]) async throws -> [ScoredInput] {
    let model = try await AttributionModel(
      checkpoint: Fixture.checkpoint(), methods: [method], on: CPUBackend(threads: 1))
    return try await model.score(texts.map { try model.input($0) }).map { try $0.get() }
  }

  @Test func neighboursDoNotMatter() async throws {
    let texts = ["a fine film", "not good", "a fine film"]
    let together = try await scores(RandomAttribution(), texts)
    let alone = try await scores(RandomAttribution(), ["a fine film"])
    #expect(together[0].explanations == alone[0].explanations && together[2].explanations == alone[0].explanations)
    #expect(together[1].explanations[0].attributions != Array(alone[0].explanations[0].attributions.prefix(2)))
  }

  @Test func idAndSeedMatter() async throws {
    let text = ["a fine film"]
    let plain = try await scores(RandomAttribution(), text)[0].explanations[0].attributions
    let seeded = try await scores(RandomAttribution(seed: 1), text)[0].explanations[0].attributions
    let named = try await scores(RandomAttribution(id: "other"), text)[0].explanations[0].attributions
    #expect(plain != seeded && plain != named && seeded != named)
  }

  @Test func scoresAreUniformAndZeroForSpecialTokens() async throws {
    let words = Array(repeating: "film", count: 20).joined(separator: " ")
    var drawn: [Double] = []
    for seed in UInt64(0)..<50 {
      let scored = try await scores(RandomAttribution(seed: seed), [words])[0]
      let (special, scores) = (scored.decision.encoding.special, scored.explanations[0].attributions)
      #expect(zip(special, scores).allSatisfy { $0 ? $1 == 0 : -1 <= $1 && $1 < 1 })
      drawn += zip(special, scores).filter { !$0.0 }.map { Double($1) }
      #expect(scored.explanations[0].steps == 0 && scored.explanations[0].convergenceDelta == nil)
      #expect(Float(scored.explanations[0].output) == scored.decision.prediction.logits.max())
    }
    let mean = drawn.reduce(0, +) / Double(drawn.count)
    let variance = drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(drawn.count)
    // A thousand draws and more: mean 0 and variance 1/3 within five standard errors.
    #expect(drawn.count >= 1000 && abs(mean) < 0.1 && abs(variance - 1.0 / 3) < 0.05)
    #expect(Set(drawn).count > drawn.count - 3)
  }

  @Test func runRecordsTheSeed() throws {
    let pipeline = try PipelineFile.parse(
      """
      models: [m]
      dataset: {path: texts.csv, columns: {text: text}}
      methods: [{name: random, id: chance, seed: 9}]
      output: {directory: run}
      """, path: "p.yaml")
    let seeds: JSONValue = ["chance": 9]
    #expect(pipeline.seeds == seeds)
  }
}
