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

/// What follows a prompt, explained as one output and token by token, against Captum's LLMAttribution:
/// Scripts/fixtures/make_continuation_fixtures.py.
@Suite struct ContinuationReferenceTests {
  /// One object of Tests/Fixtures/perturbation/continuations.json.
  private struct Case {
    let checkpoint, text, continuation: String
    /// The method as a pipeline file writes it.
    let method: JSONValue
    let ids: [Int32]
    /// The log-probability of each output, and the scores of the prompt's tokens for it.
    let outputs: [Double]
    let scores: [[Double]]

    init(_ json: JSONValue) throws {
      checkpoint = try #require(json["checkpoint"]?.stringValue)
      text = try #require(json["text"]?.stringValue)
      continuation = try #require(json["continuation"]?.stringValue)
      method = try #require(json["method"])
      ids = try #require(json["input_ids"]?.arrayValue).map { Int32(try #require($0.intValue)) }
      outputs = try #require(json["outputs"]?.arrayValue).map { try #require($0.doubleValue) }
      scores = try #require(json["scores"]?.arrayValue).map { row in
        try #require(row.arrayValue).map { try #require($0.doubleValue) }
      }
    }
  }

  private static let cases = Result {
    let data = try Data(contentsOf: Repository.fixtures.appending(path: "perturbation/continuations.json"))
    return try #require(try JSONValue(parsing: [UInt8](data)).arrayValue).map(Case.init)
  }

  private static let tolerance = 1e-4

  private func method(_ settings: String) throws -> any AttributionMethod {
    let pipeline = try PipelineFile.parse(
      """
      models: [m]
      dataset: {path: texts.csv, columns: {text: text}}
      methods: [\(settings)]
      output: {directory: run}
      """, path: "p.yaml")
    return try #require(pipeline.methods.first).method
  }

  private func model(
    _ name: String, _ method: any AttributionMethod, _ faithfulness: Faithfulness? = nil, on backend: any Backend
  ) async throws -> AttributionModel {
    let folder = Repository.fixtures.appending(path: name).standardizedFileURL
    return try await AttributionModel(
      checkpoint: try Checkpoint(directory: folder.path), methods: [method], faithfulness: faithfulness, on: backend)
  }

  private func check(on backend: any Backend, _ chosen: (Case) -> Bool = { _ in true }) async throws {
    let cases = try Self.cases.get().filter(chosen)
    try #require(!cases.isEmpty)
    for own in cases {
      let model = try await model(own.checkpoint, try method(own.method.text()), on: backend)
      let input = try model.input(own.text, pair: own.continuation)
      #expect(input.windows[0].ids == own.ids)
      let explanations = try #require(try await model.score([input]).first).get().explanations
      try #require(explanations.count == own.scores.count)
      for (explanation, (output, scores)) in zip(explanations, zip(own.outputs, own.scores)) {
        #expect(abs(explanation.output - output) < Self.tolerance * max(1, abs(output)))
        let error = normalisedError(explanation.attributions, scores.map(Float.init)).squareRoot()
        #expect(error < Self.tolerance, "\(own.checkpoint): \(own.method): \(error)")
      }
    }
  }

  @Test func processor() async throws { try await check(on: CPUBackend(threads: 2)) }

  @Test(.disabled(if: VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all)
  func device(_ device: VulkanTestDevice) async throws {
    try await check(on: try device.backend()) {
      $0.checkpoint.hasSuffix("gpt2-causal-lm") && $0.method["name"]?.stringValue == "feature-ablation"
    }
  }

  /// A continuation's scores are the sums of its tokens', and stand at the same prompt whoever is scored beside it.
  @Test func wholeIsTheSumOfItsTokens() async throws {
    let name = "families/gpt2-causal-lm"
    let settings = "name: shapley-sampling, samples: 2, replacement: remove"
    let whole = try await model(name, try method("{\(settings), target: continuation}"), on: CPUBackend(threads: 2))
    let divided = try await model(
      name, try method("{\(settings), target: continuation-tokens}"), on: CPUBackend(threads: 2))
    let texts = ["the movie was", "a film"]
    let alone = try await whole.score([whole.input(texts[0])])[0].get()
    let among = try await whole.score(texts.reversed().map { try whole.input($0) })[1].get()
    #expect(alone.explanations == among.explanations)
    let explanation = try #require(alone.explanations.first)
    #expect(explanation.target == "continuation" && explanation.targetIndex == nil)
    let tokens = try await divided.score([divided.input(texts[0])])[0].get().explanations
    #expect(tokens.count == alone.decision.choices.count)
    #expect(tokens.map(\.targetPosition) == alone.decision.choices.map(\.position))
    #expect(tokens.map(\.targetIndex) == alone.decision.choices.map(\.index))
    for (place, score) in explanation.attributions.enumerated() {
      let sum = tokens.reduce(0) { $0 + Double($1.attributions[place]) }
      #expect(abs(Double(score) - sum) < 1e-5)
    }
    // The predictions' probability is the geometric mean of the tokens'.
    let mean = exp(explanation.output / Double(tokens.count))
    #expect(abs(mean - Double(alone.decision.prediction.probability)) < 1e-5)
  }

  /// Metrics of a continuation are in the geometric mean of its tokens' probabilities.
  @Test func isMeasured() async throws {
    let model = try await model(
      "families/gpt2-causal-lm", try method("{name: leave-one-out, replacement: remove, target: continuation}"),
      Faithfulness([.comprehensiveness, .leaveOneOutTau, .infidelity]), on: CPUBackend(threads: 2))
    let scored = try await model.score([model.input("Nobody liked the movie, but", pair: " it was")])[0].get()
    let metrics = try #require(scored.explanations.first).metrics
    #expect(metrics.first { $0.metric == .leaveOneOutTau }?.value == 1)
    let area = try #require(metrics.first { $0.metric == .comprehensiveness && $0.fraction == nil }?.value)
    #expect(abs(area) < 1 && area != 0)
    #expect(try #require(metrics.first { $0.metric == .infidelity }?.value) >= 0)
  }

  @Test(arguments: [
    ("{name: integrated-gradients, baseline: zero, target: continuation}", "target"),
    ("{name: gradient-x-input, target: continuation-tokens}", "target"),
    ("{name: attention-rollout, target: continuation}", "target"),
    ("{name: leave-one-out, target: continuation, output: probability}", "output"),
  ])
  func isRefused(_ settings: String, _ setting: String) async throws {
    let error = await #expect(throws: AttributionError.self) {
      try await model("families/gpt2-causal-lm", try method(settings), on: CPUBackend(threads: 1))
    }
    #expect(error?.code == .usage && error?.setting?.rawValue == setting)
  }

  /// In a classifier the name means a class, which this one lacks.
  @Test func classifiersHaveNone() async throws {
    let error = await #expect(throws: AttributionError.self) {
      try await model(
        "families/roberta-sequence-classification", try method("{name: leave-one-out, target: continuation}"),
        on: CPUBackend(threads: 1))
    }
    #expect(error?.message.hasPrefix("no class 'continuation'") == true)
  }
}
