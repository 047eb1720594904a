import Foundation
import Testing

extension EndToEndTests {
  /// Every pipeline in `pipelines/` on its own data, its tables read by others.
  @Suite struct TaskPipeline {
    private static let python = ProcessInfo.processInfo.environment["SALIENCE_PYTHON"]

    /// What a run of a pipeline holds: rows, explanations, and errors in the tables.
    struct Expected: Sendable, CustomTestStringConvertible {
      let pipeline: String
      var limit = "1000"
      let predictions: Int
      let errors: Int

      var testDescription: String { pipeline }
    }

    private static let all = [
      Expected(pipeline: "question-answering", predictions: 28, errors: 0),
      Expected(pipeline: "token-classification", predictions: 5, errors: 0),
      Expected(pipeline: "fill-mask", predictions: 5, errors: 0),
      Expected(pipeline: "causal-lm", predictions: 4, errors: 0),
      Expected(pipeline: "mean-pooling", predictions: 358, errors: 0),
      Expected(pipeline: "both-classes", limit: "8", predictions: 8, errors: 0),
      Expected(pipeline: "methods", limit: "6", predictions: 6, errors: 0),
    ]

    @Test func everyPipelineIsRun() throws {
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(SalienceBinary.packageRoot)/pipelines")
        .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(".yaml".count)) }
      // The demonstration's two are run by tests of their own.
      #expect(Set(names) == Set(Self.all.map(\.pipeline) + ["demo", "checkpoints"]))
    }

    @Test(.enabled(if: python != nil, "SALIENCE_PYTHON names no Python with duckdb"), arguments: all)
    func tables(_ expected: Expected) throws {
      let python = try #require(Self.python)
      let scratch = try ScratchDirectory()
      let run = "\(scratch.path)/run"
      let result = try SalienceBinary.run(
        [
          "run", "pipelines/\(expected.pipeline).yaml", "--device", "cpu", "--limit", expected.limit, "--output", run,
          "--quiet",
        ], in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      let script = "\(SalienceBinary.packageRoot)/Tests/SalienceEndToEndTests/Python/read_task_tables.py"
      let checked = try SalienceBinary.run(
        program: python,
        [script, expected.pipeline, run, "\(expected.predictions)", "\(expected.errors)"], in: scratch)
      #expect(checked.status == 0, "\(checked.errors)")
    }

    /// A prompt that leaves few positions beside one that leaves many, and one that is too long: each gets what fits.
    @Test func promptsNearTheLastPositionEndNoRun() throws {
      let scratch = try ScratchDirectory()
      let long = String(repeating: "She was very happy. ", count: 80)
      let rows =
        [("short", "My dear Emma,")] + (20...32).map { ("long-\($0)", String(long.prefix($0 * 20))) }
        + [("beyond", long)]
      try scratch.write(
        "id,prompt\n" + rows.map { "\($0.0),\"\($0.1)\"\n" }.joined(), to: "prompts.csv")
      let result = try SalienceBinary.run(
        [
          "run", "pipelines/causal-lm.yaml", "--device", "cpu", "--input", "\(scratch.path)/prompts.csv", "--output",
          "\(scratch.path)/run", "--set", "generation.max_new_tokens=8", "--json",
        ], in: scratch)
      try #require(result.status == 0, "\(result.errors)")
      let summary = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
      let model = try #require((summary?["models"] as? [[String: Any]])?.first)
      #expect(model["rows"] as? Int == rows.count && model["quarantined"] as? Int == 0, "\(result.output)")
      let tokens = try String(contentsOfFile: "\(scratch.path)/run/tokens.csv", encoding: .utf8)
      for (id, _) in rows { #expect(tokens.contains(",\(id),"), "\(id)") }
    }

    @Test func everyTaskIsRefusedWhereTheFamilyHasNoSuchHead() throws {
      let scratch = try ScratchDirectory()
      let result = try SalienceBinary.run(
        ["attribute", "a text", "--model", "models/demo/checkpoint-8000", "--task", "causal-lm"], in: scratch)
      #expect(result.status == 65 || result.status == 64)
      #expect(result.errors.contains("ForCausalLM") && result.errors.contains("ForSequenceClassification"))
    }
  }
}
