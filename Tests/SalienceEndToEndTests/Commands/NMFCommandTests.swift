import Foundation
import Testing

extension EndToEndTests {
  /// `salience nmf`: from a pipeline's activations to components.
  @Suite struct NMFCommand {
    private func run() throws -> TinyPipeline {
      let tiny = try TinyPipeline()
      let method = "methods=[{name: activations, part: neurons, top_k: all}]"
      let result = try tiny.run("--set", method)
      try #require(result.status == 0, "\(result.errors)")
      return tiny
    }

    @Test func findsComponents() throws {
      let tiny = try run()
      let output = "\(tiny.scratch.path)/factors.csv"
      let options = ["nmf", tiny.output, "--components", "3", "--top", "4"]
      let shown = try SalienceBinary.run(options + ["--output", output], in: tiny.scratch)
      #expect(shown.status == 0, "\(shown.errors)")
      #expect(shown.output.contains("tokens, ") && shown.output.contains("units, "))
      let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
      #expect(lines[0] == "model,row,example_id,position,token,token_id,component,weight")
      let json = try SalienceBinary.run(options + ["--json"], in: tiny.scratch)
      let models = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
      let tokens = try #require(models.first?["tokens"] as? Int)
      #expect(lines.count == 1 + 3 * tokens)
      let weights = lines.dropFirst().compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }
      #expect(weights.count == 3 * tokens && weights.allSatisfy { $0 >= 0 } && weights.contains { $0 > 0 })
      let components = try #require(models.first?["components"] as? [[String: Any]])
      #expect(components.count == 3 && components.allSatisfy { ($0["tokens"] as? [Any])?.count == 4 })
      #expect(try #require(models.first?["error"] as? Double) < 1)
      #expect(try SalienceBinary.run(options + ["--json"], in: tiny.scratch).output == json.output)
    }

    @Test(arguments: [
      (["--components", "0"], 64, "--components is from"),
      (["--components", "999"], 64, "999 components are more than"),
      (["--method", "nosuch"], 64, "holds no activations of 'nosuch', only of activations"),
      (["--output", "weights.txt"], 64, "ends in .parquet or .csv"), (["--tolerance", "1"], 64, "--tolerance is"),
    ])
    func badOptionsAreNamed(_ options: [String], _ status: Int32, _ message: String) throws {
      let tiny = try run()
      let result = try SalienceBinary.run(["nmf", tiny.output] + options, in: tiny.scratch)
      #expect(result.status == status && result.errors.contains(message), "\(result.errors)")
    }

    @Test func runsWithoutActivations() throws {
      let tiny = try TinyPipeline()
      try #require(try tiny.run().status == 0)
      let result = try SalienceBinary.run(["nmf", tiny.output], in: tiny.scratch)
      #expect(result.status == 66 && result.errors.contains("holds no activations of bert-2-f32"), "\(result.errors)")
    }
  }
}
