import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceCheckpoints
import SalienceJSON
import SaliencePipeline
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// Presets against the programs that they are named after: Scripts/fixtures/make_preset_fixtures.py.
@Suite(.serialized) struct PresetTests {
  /// One object of Tests/Fixtures/gradients/presets.json.
  private struct Case {
    let id, folder, text: String
    let pair: String?
    let preset, method: String
    let targetIndex: Int
    let probability: Double
    let scores: [Double]

    init(_ json: JSONValue) throws {
      id = try #require(json["id"]?.stringValue)
      folder = try #require(json["folder"]?.stringValue)
      text = try #require(json["text"]?.stringValue)
      pair = json["text_pair"]?.stringValue
      preset = try #require(json["preset"]?.stringValue)
      method = try #require(json["method"]?.stringValue)
      targetIndex = try #require(json["target_index"]?.intValue)
      probability = try #require(json["probability"]?.doubleValue)
      scores = try #require(json["scores"]?.arrayValue).map { try #require($0.doubleValue) }
    }
  }

  private static func cases() throws -> [Case] {
    let data = try Data(contentsOf: Repository.fixtures.appending(path: "gradients/presets.json"))
    return try #require(JSONValue(parsing: [UInt8](data))["cases"]?.arrayValue).map(Case.init)
  }

  private func pipeline(_ methods: String) throws -> Pipeline {
    try PipelineFile.parse(
      """
      models: [m]
      dataset: {path: texts.csv, columns: {text: text}}
      methods: [\(methods)]
      output: {directory: run}
      """, path: "p.yaml")
  }

  private func check(on backend: any Backend, _ folder: String) async throws {
    let cases = try Self.cases().filter { $0.folder == folder }
    try #require(!cases.isEmpty)
    let methods = try pipeline(
      cases.map { "{name: \($0.method), id: \($0.id), preset: \($0.preset), target: \($0.targetIndex)}" }
        .joined(separator: ", ")
    ).methods.map(\.method)
    let path = Repository.fixtures.appending(path: "families/\(folder)").path
    let model = try await AttributionModel(checkpoint: Checkpoint(directory: path), methods: methods, on: backend)
    for text in Set(cases.map(\.text)) {
      let pair = cases.first { $0.text == text }?.pair
      let scored = try #require(try await model.score([try model.input(text, pair: pair)]).first).get()
      for (own, explanation) in zip(cases, scored.explanations) where own.text == text {
        #expect(explanation.method == own.id && explanation.targetIndex == own.targetIndex)
        let expected = own.scores.map(Float.init)
        let error = normalisedError(explanation.normalized, expected).squareRoot()
        #expect(error < 1e-4, "\(folder), \(own.id): \(error)")
        let probability = own.preset == "allennlp" ? exp(explanation.output) : explanation.output
        if !["captum", "ferret"].contains(own.preset) {
          #expect(abs(probability - own.probability) < 1e-5, "\(folder), \(own.id)")
        }
      }
    }
  }

  private static let folders = ((try? cases()) ?? []).reduce(into: [String]()) { names, item in
    if !names.contains(item.folder) { names.append(item.folder) }
  }

  @Test(arguments: folders) func processor(folder: String) async throws {
    try await check(on: CPUBackend(threads: 2), folder)
  }

  @Test(.disabled(if: VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all)
  func device(_ device: VulkanTestDevice) async throws {
    try await check(on: try device.backend(), "electra-sequence-classification")
  }

  /// What the user writes counts, and a preset that has no such method says which it has.
  @Test func theUsersWordCounts() throws {
    let own = try pipeline(
      "{name: integrated-gradients, preset: ferret, steps: 7, normalize: l2, noise: null}, "
        + "{name: saliency, preset: captum, noise: {kind: vargrad, samples: 3}}"
    ).methods.map(\.method)
    let gradients = try #require(own.first as? IntegratedGradients)
    #expect(gradients.rule == .fixed(steps: 7, quadrature: .gaussLegendre) && gradients.normalization == .l2)
    #expect(gradients.layer == .wordEmbeddings)
    let tunnel = try #require(own.last as? NoiseTunnel)
    #expect(tunnel.samples == 3 && tunnel.deviation == 1 && tunnel.kind == .varGrad)
    #expect(throws: PipelineError.self) { try pipeline("{name: occlusion, preset: ecco}") }
    do {
      _ = try pipeline("{name: occlusion, preset: ecco}")
    } catch let error as PipelineError {
      #expect("\(error)".contains("'methods.0.preset' is ecco, which has no occlusion that comes out the same"))
    }
  }

  /// Every method that a preset knows can be read with it, and differs from the method's own defaults.
  @Test func everyPresetsMethods() throws {
    for preset in Preset.allCases {
      #expect(!preset.methods.isEmpty)
      for name in preset.methods {
        let with = try pipeline("{name: \(name), preset: \(preset.rawValue)}").methods[0].method
        let without = try pipeline("{name: \(name)}").methods[0].method
        #expect("\(with.values)" != "\(without.values)", "\(preset) \(name)")
      }
    }
  }
}
