import SalienceAttribution
import SalienceCPU
import SalienceTestSupport
import SalienceVulkan
import Testing

/// Every reference value of Tests/Fixtures/attribution, on every Vulkan device: all models, weight types, rules,
/// baselines, targets and layers, pairs, the empty text and 512 tokens.
@Suite(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence)) struct VulkanReferenceTests {
  private typealias Answer = (prediction: Prediction, explanations: [Explanation])

  /// Each method scores the texts of its own cases only: a tenth of what every method on every text takes.
  @Test(arguments: VulkanTestDevice.all, ReferenceFolder.names)
  func values(device: VulkanTestDevice, folder name: String) async throws {
    let folder = try ReferenceFolder(name)
    let (backend, cpu) = (try device.backend(), CPUBackend())
    var comparison = ReferenceComparison()
    var (count, worstBesideCPU) = (0, 0.0)
    for method in try folder.methods() {
      let cases = folder.cases.filter { $0.methodID == method.id }
      let model = try await AttributionModel(checkpoint: folder.checkpoint, methods: [method], on: backend)
      let onCPU = try await AttributionModel(checkpoint: folder.checkpoint, methods: [method], on: cpu)
      let (own, other) = (try await answers(model, cases), try await answers(onCPU, cases))
      for (index, reference) in cases.enumerated() {
        count += 1
        let explanation = try #require(own[index].explanations.first)
        comparison.check(own[index].prediction, reference)
        comparison.check(explanation, reference)
        worstBesideCPU = max(worstBesideCPU, try distanceToCPU(own[index], other[index], reference.id))
      }
    }
    #expect(count == folder.cases.count)
    #expect(backend.messages?.all ?? [] == [])
    print(
      "\(name) on \(device.testDescription): \(count) cases, \(comparison), \(worstBesideCPU) from the CPU's scores")
  }

  private func answers(_ model: AttributionModel, _ cases: [ReferenceCase]) async throws -> [Answer] {
    let encodings = try cases.map { try model.encode($0.text, pair: $0.pair) }
    return try await model.score(encodings, labels: cases.map { _ in nil }).map { try $0.get() }
  }

  /// Distance of the scores relative to their norm.
  private func distanceToCPU(_ own: Answer, _ cpu: Answer, _ id: String) throws -> Double {
    #expect(own.prediction.label == cpu.prediction.label, "\(id)")
    for (a, b) in zip(own.prediction.logits, cpu.prediction.logits) {
      #expect(abs(a - b) <= Float(ReferenceComparison.tolerance), "\(id): logits")
    }
    let expected = try #require(cpu.explanations.first).attributions.map(Double.init)
    let scores = try #require(own.explanations.first).attributions.map(Double.init)
    try #require(scores.count == expected.count)
    let error = distance(scores, expected)
    #expect(error <= ReferenceComparison.tolerance * norm(expected), "\(id): scores of the CPU")
    return error == 0 ? 0 : error / norm(expected)
  }
}
