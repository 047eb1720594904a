import SalienceAttribution
import SalienceCPU
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// Steps that are chosen while they are evaluated are the processor's on every Vulkan device, and so are the scores;
/// where a decision hangs on the last bits, both keep the tolerance that was asked for.
@Suite(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence)) struct VulkanToleranceTests {
  private func explanations(
    _ texts: [ReferenceCase], _ folder: ReferenceFolder, on backend: any Backend
  ) async throws -> [[Explanation]] {
    let methods = try [(0.05, Target.predicted), (0.005, .all)].map { tolerance, target in
      IntegratedGradients(
        id: "within-\(tolerance)", rule: .adaptive(try AdaptiveQuadrature(tolerance: tolerance)), target: target)
    }
    let model = try await AttributionModel(checkpoint: folder.checkpoint, methods: methods, on: backend)
    let encodings = try texts.map { try model.encode($0.text, pair: $0.pair) }
    return try await model.score(encodings, labels: texts.map { _ in nil }).map { try $0.get().1 }
  }

  @Test(arguments: VulkanTestDevice.all, ["bert-3-bf16", "distilbert-2-f16"])
  func choosesTheProcessorsSteps(device: VulkanTestDevice, folder name: String) async throws {
    let folder = try ReferenceFolder(name)
    // Long texts take a software device minutes, and choose no other way.
    let texts = folder.texts.filter { $0.text.count + ($0.pair?.count ?? 0) < 400 }
    try #require(texts.count > 2)
    let backend = try device.backend(tokenBudget: 256)
    let own = try await explanations(texts, folder, on: backend)
    let expected = try await explanations(texts, folder, on: CPUBackend())
    var (steps, count, others) = (Set<Int>(), 0, 0)
    for (text, (own, expected)) in zip(texts, zip(own, expected)) {
      #expect(own.count == expected.count && own.count > 1)
      for (own, expected) in zip(own, expected) {
        count += 1
        if own.steps != expected.steps { others += 1 }
        // The smaller of the two tolerances is the one of texts that need many steps.
        let limit = own.steps == expected.steps ? ReferenceComparison.tolerance : 0.005
        #expect(own.converged == expected.converged, "\(text.id) \(own.method)")
        let scores = expected.attributions.map(Double.init)
        let error = distance(own.attributions.map(Double.init), scores)
        #expect(error <= limit * norm(scores), "\(text.id) \(own.method)")
        let norms = (own.attributionNorm, expected.attributionNorm)
        #expect(abs(norms.0 - norms.1) <= limit * norms.1, "\(text.id) \(own.method)")
        steps.insert(own.steps)
      }
    }
    #expect(10 * others <= count, "\(others) of \(count) in other steps")
    #expect(steps.count > 1, "texts differ in what they need: \(steps)")
    for (text, together) in zip(texts, own).prefix(3) {
      #expect(try await explanations([text], folder, on: backend) == [together], "\(text.id) alone, to the last bit")
    }
    #expect(backend.messages?.all ?? [] == [])
  }
}
