import Foundation
import Testing

extension EndToEndTests {
  /// Scores that miss F(x) - F(x') are told of, on standard error and in `run.json`.
  @Suite struct Convergence {
    private func explanation(_ options: [String]) throws -> (json: [String: Any], errors: [String]) {
      let result = try SalienceBinary.run(
        ["attribute", "a good film", "--model", TinyPipeline.checkpoint("bert-2-f32"), "--json"] + options,
        in: ScratchDirectory())
      try #require(result.status == 0, "\(result.errors)")
      let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
      return (try #require((json?["explanations"] as? [[String: Any]])?.first), result.errorLines)
    }

    @Test func attributeWarnsOfTooFewSteps() throws {
      let few = try explanation(["--steps", "2"])
      let share = try #require(few.json["relative_delta"] as? Double)
      #expect(share > 0.05)
      #expect(few.json["converged"] is NSNull)
      #expect(few.errors.count == 1)
      let line = try #require(few.errors.first)
      #expect(
        line.hasPrefix(
          "salience: warning: the convergence delta of 1 of 1 explanations is more than 5 % of F(x) - F(x'), of the"
            + " worst \(Int((100 * share).rounded())) %: their scores may be off; take more steps"), "\(line)")
      #expect(try explanation(["--steps", "2", "--quiet"]).errors == [])
      let enough = try explanation(["--steps", "50"])
      #expect(enough.errors == [])
      #expect(try #require(enough.json["relative_delta"] as? Double) < 0.001)
    }

    @Test func onlyATolerancesKeepingIsTold() throws {
      let kept = try explanation(["--tolerance", "0.01"])
      #expect(kept.json["converged"] as? Bool == true)
      #expect(try #require(kept.json["relative_delta"] as? Double) <= 0.01)
      #expect(kept.errors == [])
      let missed = try explanation(["--tolerance", "1e-9", "--max-steps", "6"])
      #expect(missed.json["converged"] as? Bool == false)
      #expect(missed.errors.contains { $0.contains("1 of 1 explanations did not keep their tolerance") })
    }

    /// A method without a delta cannot miss.
    @Test func gradientTimesInputHasNothingToTell() throws {
      let found = try explanation(["--method", "gradient-x-input"])
      #expect(found.json["relative_delta"] is NSNull && found.json["converged"] is NSNull)
      #expect(found.errors == [])
    }

    /// What biases and softmaxes keep of the relevance is told as a delta, and is no sign of too few steps.
    @Test func relevanceIsToldWithoutAWarning() throws {
      let found = try explanation(["--method", "attnlrp", "--target", "1"])
      let (delta, sum) = (
        try #require(found.json["convergence_delta"] as? Double), try #require(found.json["attribution_sum"] as? Double)
      )
      let output = try #require(found.json["output"] as? Double)
      #expect(abs(sum - output - delta) < 1e-5 && found.json["baseline_output"] is NSNull)
      let share = try #require(found.json["relative_delta"] as? Double)
      #expect(abs(share - abs(delta / output)) < 1e-5 && share > 0.05)
      #expect(found.errors == [])
    }

    @Test func runTellsOnceForAllModels() throws {
      let tiny = try TinyPipeline(steps: "steps: 2", models: ["bert-2-f32", "distilbert-2-f16"])
      let result = try SalienceBinary.run(["run", tiny.path, "--json"], in: tiny.scratch)
      try #require(result.status == 0, "\(result.errors)")
      let printed = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let told = result.errorLines.filter { $0.contains("convergence delta") }
      #expect(told.count == 1, "\(result.errors)")
      let file = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: "\(tiny.output)/run.json")))
          as? [String: Any])
      for convergence in [file["convergence"], printed["convergence"]] {
        let convergence = try #require(convergence as? [String: Any])
        #expect(convergence["explanations"] as? Int == 6)
        let missed = try #require(convergence["over_5_percent"] as? Int)
        #expect(missed > 0)
        #expect(told.first?.contains("of \(missed) of 6 explanations") == true, "\(told)")
        #expect(convergence["warnings"] as? [String] == told.map { $0.replacing("salience: warning: ", with: "") })
        let worst = try #require(convergence["worst"] as? [String: Any])
        #expect(try #require(worst["relative_delta"] as? Double) > 0.05)
        let (model, row) = (try #require(worst["model"] as? String), try #require(worst["row"] as? Int))
        #expect(told.first?.contains("(model \(model), method ig, row \(row))") == true, "\(told)")
      }
    }
  }
}
