import Foundation
import Testing

extension EndToEndTests {
  /// Averages over noisy inputs, from the pipeline file to the tables.
  @Suite struct Noise {
    private static let noise = "steps: 4\n    noise: {kind: smoothgrad, samples: 3, deviation: 0.2, seed: 5}"

    private func tokens(_ pipeline: TinyPipeline, _ options: String...) throws -> String {
      let result = try SalienceBinary.run(
        ["run", pipeline.path, "--quiet", "--overwrite"] + options, in: pipeline.scratch)
      try #require(result.status == 0, "\(result.errors)")
      return try String(contentsOfFile: "\(pipeline.output)/tokens.csv", encoding: .utf8)
    }

    @Test func twoRunsAreTheSame() throws {
      let pipeline = try TinyPipeline(steps: Self.noise)
      let first = try tokens(pipeline)
      #expect(try tokens(pipeline) == first)
      #expect(try tokens(pipeline, "--set", "methods.0.noise.seed=6") != first)
      #expect(try tokens(pipeline, "--set", "methods.0.id=other").replacing(",other,", with: ",ig,") != first)
      #expect(try tokens(TinyPipeline()) != first)
    }

    @Test func theRunRecordsItsSeed() throws {
      let pipeline = try TinyPipeline(steps: Self.noise)
      _ = try tokens(pipeline)
      let json = try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: "\(pipeline.output)/run.json")))
      let resolved = try #require((json as? [String: Any])?["pipeline"] as? [String: Any])
      let method = try #require((resolved["methods"] as? [[String: Any]])?.first)
      let noise = try #require(method["noise"] as? [String: Any])
      #expect(noise["kind"] as? String == "smoothgrad")
      #expect(noise["samples"] as? Int == 3)
      #expect(noise["deviation"] as? Double == 0.2)
      #expect(noise["seed"] as? Int == 5)
      #expect((json as? [String: Any])?["seeds"] as? [String: Int] == ["ig": 5])
    }

    @Test(arguments: [("smoothgrad", true), ("smoothgrad-squared", false), ("vargrad", false)])
    func attributeTakesOptions(kind: String, hasDelta: Bool) throws {
      let result = try SalienceBinary.run(
        [
          "attribute", "a good film", "--model", TinyPipeline.checkpoint("bert-2-f32"), "--steps", "4", "--json",
          "--noise-kind", kind, "--noise-samples", "3", "--noise-deviation", "0.2",
        ], in: ScratchDirectory())
      try #require(result.status == 0, "\(result.errors)")
      let parsed = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      let explanation = try #require(((parsed as? [String: Any])?["explanations"] as? [[String: Any]])?.first)
      #expect(explanation["steps"] as? Int == 12)
      #expect((explanation["convergence_delta"] is Double) == hasDelta)
      let scores = try #require(explanation["tokens"] as? [[String: Any]]).map { $0["attribution"] as? Double ?? .nan }
      #expect(scores.count == 5)
      // Special tokens, whose embeddings the baseline keeps, have scores under noise.
      #expect(scores.allSatisfy { $0.isFinite && $0 != 0 })
      if !hasDelta { #expect(scores.allSatisfy { $0 > 0 }) }
    }

    @Test(arguments: [
      (["--noise-kind", "gradsmooth"], "--noise-kind gradsmooth: 'noise.kind' must be one of smoothgrad"),
      (["--noise-samples", "0"], "--noise-samples 0: 'noise.samples' must be a whole number from 1"),
      (["--noise-kind", "vargrad", "--noise-samples", "1"], "--noise-samples 1: 'noise.samples' must be at least 2"),
      (["--noise-deviation", "-1"], "--noise-deviation"),
    ])
    func badOptionsAreNamed(_ options: [String], _ message: String) throws {
      let result = try SalienceBinary.run(
        ["attribute", "a good film", "--model", TinyPipeline.checkpoint("bert-2-f32")] + options, in: ScratchDirectory()
      )
      #expect(result.status == 64)
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }
}
