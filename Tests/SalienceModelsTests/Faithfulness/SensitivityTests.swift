import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceJSON
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// Maximum sensitivity is Captum's, given the same noise: Scripts/fixtures/make_sensitivity_fixtures.py.
@Suite(.serialized) struct SensitivityTests {
  private static let references = Result {
    let data = try Data(contentsOf: Repository.fixtures.appending(path: "faithfulness/sensitivity.json"))
    return try #require(try JSONValue(parsing: [UInt8](data)).arrayValue)
  }

  private static func methods(isEncoder: Bool = true) throws -> [any AttributionMethod] {
    let integrated: [any AttributionMethod] =
      isEncoder ? [try IntegratedGradients(steps: 10, baseline: .zero, keepSpecial: false)] : []
    return [Saliency(), GradientTimesInput()] + integrated
      + [LeaveOneOut(settings: PerturbationSettings(replacement: .remove)), RandomAttribution()]
  }

  private func check(_ name: String, on backend: any Backend) async throws {
    let folder = try FamilyFolder(name)
    let own = try Self.references.get().filter { $0["folder"]?.stringValue == name }
    let isEncoder = name.hasPrefix("electra")
    #expect(own.count == (isEncoder ? 6 : 4))
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, task: folder.task, methods: try Self.methods(isEncoder: isEncoder),
      faithfulness: Faithfulness([.maximumSensitivity], seed: 3), on: backend)
    for name in ["ordinary", "short"] {
      let input = try folder.input(name)
      let scored = try #require(try await model.score([model.input(input.text, pair: input.pair)]).first).get()
      for explanation in scored.explanations {
        let metric = try #require(explanation.metrics.first)
        #expect(explanation.metrics.count == 1 && metric.metric == .maximumSensitivity)
        let reference = own.first {
          $0["input"]?.stringValue == name && $0["method"]?.stringValue == explanation.method
        }
        guard let expected = reference?["value"]?.doubleValue else {
          // Tokens and random numbers have no neighbourhood.
          #expect(metric.value == nil && ["leave-one-out", "random"].contains(explanation.method))
          continue
        }
        let value = try #require(metric.value)
        #expect(abs(value - expected) < 1e-3 * expected, "\(name) \(explanation.method): \(value), \(expected)")
        #expect(metric.evaluations == 10 * explanation.steps)
      }
    }
  }

  @Test(arguments: ["electra-sequence-classification", "gpt2-sequence-classification", "llama-sequence-classification"])
  func references(folder: String) async throws { try await check(folder, on: CPUBackend(threads: 2)) }

  @Test(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all)
  func referencesOnVulkan(device: VulkanTestDevice) async throws {
    try await check("electra-sequence-classification", on: device.backend())
  }

  /// What is measured changes no score, and a text's number does not depend on what is scored with it.
  @Test func scoresStayAsTheyAre() async throws {
    let folder = try FamilyFolder("electra-sequence-classification")
    func explanations(_ faithfulness: Faithfulness?, _ names: [String]) async throws -> [[Explanation]] {
      let model = try await AttributionModel(
        checkpoint: folder.checkpoint, task: folder.task, methods: try Self.methods(), faithfulness: faithfulness,
        on: CPUBackend(threads: 2))
      let inputs = try names.map { try folder.input($0) }.map { try model.input($0.text, pair: $0.pair) }
      return try await model.score(inputs).map { try $0.get().explanations }
    }
    let measured = try await explanations(Faithfulness([.maximumSensitivity]), ["ordinary", "short"])
    let plain = try await explanations(nil, ["ordinary", "short"])
    #expect(measured.map { $0.map(\.attributions) } == plain.map { $0.map(\.attributions) })
    if IndependenceTests.isBitExact {
      let alone = try await explanations(Faithfulness([.maximumSensitivity]), ["short"])
      #expect(alone[0] == measured[1])
    }
  }
}
