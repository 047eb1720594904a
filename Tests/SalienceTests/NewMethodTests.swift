import Salience
import SalienceAttribution
import SalienceCPU
import SalienceDatasets
import SalienceJSON
import SaliencePipeline
import SalienceTensors
import Testing

/// One file and one line in the registry make a method: the rest follows from its declaration.
@Suite struct NewMethodTests {
  private func withMethod<Value>(_ body: () async throws -> Value) async rethrows -> Value {
    try await MethodRegistry.$types.withValue(MethodRegistry.types + [RandomScores.self], operation: body)
  }

  private func pipeline(_ method: String, model: String = "m") throws -> Pipeline {
    try PipelineFile.parse(
      """
      models: [\(model)]
      dataset: {path: texts.csv, columns: {text: text}}
      methods: [{name: random-scores\(method)}]
      output: {directory: run}
      """, path: "p.yaml")
  }

  @Test func pipelineFilesReadIt() async throws {
    #expect(throws: PipelineError.self) { try pipeline("") }
    try await withMethod {
      let plain = try pipeline("")
      #expect(plain.methods[0].id == "random-scores" && (plain.methods[0].method as? RandomScores)?.scale == 3)
      let own = try pipeline(", id: noise, scale: 7, seed: 9")
      let expected: JSONValue = ["name": "random-scores", "id": "noise", "scale": 7, "seed": 9]
      #expect(own.resolved["methods"]?[0] == expected)
      let seeds: JSONValue = ["noise": 9]
      #expect(own.seeds == seeds && own != plain)
    }
  }

  @Test(arguments: [
    (", scale: 0", "'methods.0.scale' must be a whole number from 1 to 100, not 0"),
    (", scael: 2", "unknown key 'scael' in 'methods.0'; the nearest is 'scale'"),
    (", steps: 2", "'methods.0.steps' is no setting of random-scores"),
  ])
  func faultsNameTheKey(_ settings: String, _ message: String) async throws {
    try await withMethod {
      let error = try #require(throws: PipelineError.self) { try pipeline(settings) }
      #expect(error.description == "p.yaml:3: \(message)")
    }
  }

  @Test func helpAndReferenceListIt() async {
    #expect(!MethodReference.table.contains("random-scores"))
    await withMethod {
      #expect(MethodReference.methods.contains("random-scores: random numbers, what any method must beat."))
      #expect(MethodReference.help("scale") == "Largest score. (default: 3)")
      #expect(MethodReference.table.contains("| `methods[].scale` | of `random-scores`: largest score | `3` |"))
      #expect(MethodReference.table.contains("| `methods[].steps` | of `integrated-gradients`: points on the path"))
    }
  }

  @Test func itScoresRows() async throws {
    let checkpoint = try Fixture.checkpoint()
    let pipeline: Pipeline = try await withMethod { try self.pipeline(", scale: 7", model: checkpoint.directory) }
    let backend = CPUBackend(threads: 1)
    let model = try await AttributionModel(
      checkpoint: checkpoint, methods: pipeline.methods.map(\.method), on: backend)
    let scorer = PipelineScorer(model: model, pipeline: pipeline, device: backend.device)
    let example = Example(row: 0, id: "a", text: "a fine film")
    let row = EncodedExample(example: example, windows: try scorer.encode(example))
    let scored = try #require(try await scorer.score([row, row]).map { try $0.get() }.first)
    let explanation = try #require(scored.explanations.first)
    #expect(explanation.method == "random-scores" && explanation.attributions.count == row.windows[0].count)
    #expect(explanation.attributions.allSatisfy { 0 <= $0 && $0 < 7 } && Set(explanation.attributions).count > 1)
    #expect(Float(explanation.output) == scored.prediction.logits[scored.prediction.index])
    #expect(try scored.json()["explanations"]?[0]?["method"]?.stringValue == "random-scores")
  }
}
