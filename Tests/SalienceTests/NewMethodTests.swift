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
    try await MethodRegistry.$types.withValue(MethodRegistry.types + [PositionScores.self], operation: body)
  }

  private func pipeline(_ method: String, model: String = "m") throws -> Pipeline {
    try PipelineFile.parse(
      """
      models: [\(model)]
      dataset: {path: texts.csv, columns: {text: text}}
      methods: [{name: position-scores\(method)}]
      output: {directory: run}
      """, path: "p.yaml")
  }

  @Test func pipelineFilesReadIt() async throws {
    #expect(throws: PipelineError.self) { try pipeline("") }
    try await withMethod {
      let plain = try pipeline("")
      #expect(plain.methods[0].id == "position-scores" && (plain.methods[0].method as? PositionScores)?.scale == 3)
      let own = try pipeline(", id: place, scale: 7")
      let expected: JSONValue = ["name": "position-scores", "id": "place", "scale": 7]
      #expect(own.resolved["methods"]?[0] == expected && own != plain)
    }
  }

  @Test(arguments: [
    (", scale: 0", "'methods.0.scale' must be a whole number from 1 to 100, not 0"),
    (", scael: 2", "unknown key 'scael' in 'methods.0'; the nearest is 'scale'"),
    (", steps: 2", "'methods.0.steps' is no setting of position-scores"),
  ])
  func faultsNameTheKey(_ settings: String, _ message: String) async throws {
    try await withMethod {
      let error = try #require(throws: PipelineError.self) { try pipeline(settings) }
      #expect(error.description == "p.yaml:3: \(message)")
    }
  }

  @Test func helpAndReferenceListIt() async {
    #expect(!MethodReference.table.contains("position-scores"))
    await withMethod {
      #expect(MethodReference.methods.contains("position-scores: one over the token's place."))
      #expect(MethodReference.help("scale") == "Largest score. (default: 3)")
      #expect(MethodReference.table.contains("| `methods[].scale` | of `position-scores`: largest score | `3` |"))
      #expect(MethodReference.table.contains("| `methods[].tolerance` | of `integrated-gradients`: instead of"))
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
    #expect(explanation.method == "position-scores" && explanation.attributions.count == row.windows[0].count)
    #expect(explanation.attributions == row.windows[0].ids.indices.map { 7 / Float($0 + 1) })
    #expect(Float(explanation.output) == scored.prediction.logits[scored.prediction.index])
    #expect(try scored.json()["explanations"]?[0]?["method"]?.stringValue == "position-scores")
  }
}
