import Foundation
import Salience
import SalienceAttribution
import SalienceCPU
import SalienceCheckpoints
import SalienceJSON
import SaliencePipeline
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// Perturbation methods against Captum's and SHAP's, given the same subsets, orders and trees:
/// the scripts of Scripts/fixtures that Tests/Fixtures/perturbation names.
@Suite struct PerturbationReferenceTests {
  /// One object of a file of Tests/Fixtures/perturbation.
  private struct Case {
    let checkpoint, text: String
    /// The method as a pipeline file writes it.
    let method: JSONValue
    let ids: [Int32]
    let targetIndex: Int
    let output: Double
    let scores: [Double]
    let spans: TextSpans?

    init(_ json: JSONValue) throws {
      spans = try TextSpans(parsing: json["spans"]?.text(), of: try #require(json["text"]?.stringValue), name: "spans")
      checkpoint = try #require(json["checkpoint"]?.stringValue)
      text = try #require(json["text"]?.stringValue)
      method = try #require(json["method"])
      ids = try #require(json["input_ids"]?.arrayValue).map { Int32(try #require($0.intValue)) }
      targetIndex = try #require(json["target_index"]?.intValue)
      output = try #require(json["output"]?.doubleValue)
      scores = try #require(json["scores"]?.arrayValue).map { try #require($0.doubleValue) }
    }
  }

  private static let cases = Result {
    try ["captum.json", "shap.json", "spans.json", "fills.json"].flatMap { name in
      let data = try Data(contentsOf: Repository.fixtures.appending(path: "perturbation/\(name)"))
      return try #require(try JSONValue(parsing: [UInt8](data)).arrayValue).map(Case.init)
    }
  }

  /// Of the scores' norm, for sampled methods too, as both have the same samples.
  private static let tolerance = 1e-4

  private func method(_ settings: JSONValue) throws -> any AttributionMethod {
    // A JSON object is a YAML mapping.
    let text = settings.text()
    let pipeline = try PipelineFile.parse(
      """
      models: [m]
      dataset: {path: texts.csv, columns: {text: text, spans: parts}}
      methods: [\(text)]
      output: {directory: run}
      """, path: "p.yaml")
    return try #require(pipeline.methods.first).method
  }

  private func check(on backend: any Backend, _ chosen: (Case) -> Bool = { _ in true }) async throws {
    let groups = Dictionary(grouping: try Self.cases.get().filter(chosen), by: \.checkpoint)
    try #require(!groups.isEmpty)
    for (name, cases) in groups {
      let folder = Repository.fixtures.appending(path: name).standardizedFileURL
      let checkpoint = try Checkpoint(directory: folder.path)
      for own in cases {
        let method = try method(own.method)
        let model = try await AttributionModel(checkpoint: checkpoint, methods: [method], on: backend)
        let input = try model.input(own.text, spans: own.spans)
        #expect(input.windows[0].ids == own.ids)
        let scored = try #require(try await model.score([input]).first).get()
        let explanation = try #require(scored.explanations.first)
        #expect(explanation.targetIndex == own.targetIndex)
        #expect(abs(explanation.output - own.output) < Self.tolerance * max(1, abs(own.output)))
        let error = normalisedError(explanation.attributions, own.scores.map(Float.init)).squareRoot()
        #expect(error < Self.tolerance, "\(name): \(own.method): \(error)")
      }
    }
  }

  @Test func processor() async throws { try await check(on: CPUBackend(threads: 2)) }

  @Test(.disabled(if: VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all)
  func device(_ device: VulkanTestDevice) async throws {
    try await check(on: try device.backend()) { own in
      ["roberta-sequence-classification", "bert-masked-lm"].contains { own.checkpoint.hasSuffix($0) }
    }
  }

  /// A classifier has no fill to ask for, and a language model none either.
  @Test(arguments: ["roberta-sequence-classification", "gpt2-causal-lm"])
  func fillsTakeAMaskedModel(_ name: String) async throws {
    let folder = Repository.fixtures.appending(path: "families/\(name)")
    let checkpoint = try Checkpoint(directory: folder.path)
    let method = LeaveOneOut(settings: PerturbationSettings(replacement: .model))
    let error = await #expect(throws: AttributionError.self) {
      try await AttributionModel(checkpoint: checkpoint, methods: [method], on: CPUBackend(threads: 1))
    }
    #expect(error?.code == .usage && error?.setting?.rawValue == "replacement")
  }

  /// Scores of a text do not depend on what it is scored with, bit by bit.
  @Test func aloneAndAmongNeighbours() async throws {
    let cases = try Self.cases.get()
      .filter { $0.checkpoint.hasSuffix("roberta-sequence-classification") && $0.spans == nil }
    let first = try #require(cases.first)
    let methods = try Set(cases.map { $0.method.text() }).sorted()
      .map { try method(JSONValue(parsing: Array($0.utf8))) }
    let folder = Repository.fixtures.appending(path: first.checkpoint).standardizedFileURL
    let checkpoint = try Checkpoint(directory: folder.path)
    let model = try await AttributionModel(checkpoint: checkpoint, methods: methods, on: CPUBackend(threads: 2))
    let input = try model.input("a good film")
    let alone = try #require(try await model.score([input]).first).get()
    let others = try ["the story", "Nobody liked it. It was flat!"].map { try model.input($0) }
    let among = try await model.score([others[0], input, others[1], input]).map { try $0.get() }
    #expect(alone.explanations.count == methods.count)
    #expect(among[1].explanations == alone.explanations && among[3].explanations == alone.explanations)
  }
}
