import SalienceAttribution
import SalienceTestSupport
import SalienceVulkan
import Testing

/// An example's scores on one Vulkan device depend on the example alone, to the last bit.
@Suite(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence)) struct VulkanIndependenceTests {
  private struct Answer: Equatable {
    let prediction: Prediction
    let explanations: [Explanation]
  }

  private func answers(
    _ folder: ReferenceFolder, _ texts: [ReferenceCase], targets: [Target] = [.predicted], on backend: VulkanBackend
  ) async throws -> [Answer] {
    let methods = try targets.enumerated().map {
      try IntegratedGradients(id: "ig\($0.offset)", steps: 7, keepSpecial: false, target: $0.element)
    }
    let model = try await AttributionModel(checkpoint: folder.checkpoint, methods: methods, on: backend)
    let encodings = try texts.map { try model.encode($0.text, pair: $0.pair) }
    return try await model.score(encodings, labels: texts.map { _ in nil }).map {
      let (prediction, explanations) = try $0.get()
      return Answer(prediction: prediction, explanations: explanations)
    }
  }

  /// One folder of each family, with texts from none to 512 tokens, and a trained model.
  @Test(arguments: VulkanTestDevice.all, ["bert-3-bf16", "distilbert-93-bf16", "demo-checkpoint-8000"])
  func neighboursOrderAndBudget(device: VulkanTestDevice, folder name: String) async throws {
    let folder = try ReferenceFolder(name)
    let texts = folder.texts
    let backend = try device.backend()
    let together = try await answers(folder, texts, on: backend)
    #expect(try await answers(folder, texts, on: backend) == together, "a second run")
    #expect(try await answers(folder, texts.reversed(), on: backend).reversed() == together, "in reverse")
    for (text, expected) in zip(texts, together) {
      #expect(try await answers(folder, [text], on: backend) == [expected], "\(text.id) alone")
    }
    for budget in [64, 333] {
      let other = try device.backend(tokenBudget: budget)
      #expect(try await answers(folder, texts, on: other) == together, "batches of \(budget) tokens")
      #expect(other.messages?.all ?? [] == [])
    }
    #expect(together.contains { $0.explanations.contains { $0.attributionNorm > 1e-3 } })
    #expect(backend.messages?.all ?? [] == [])
  }

  /// Targets that share a forward pass give what each gives by itself.
  @Test(arguments: VulkanTestDevice.all) func targetsTogether(device: VulkanTestDevice) async throws {
    let folder = try ReferenceFolder("distilbert-3-f32-sharded")
    let backend = try device.backend()
    let classes = folder.labels.indices.map { Target.class(.index($0)) }
    let all = try await answers(folder, folder.texts, targets: [.all], on: backend)
    let single = try await answers(folder, folder.texts, targets: classes, on: backend)
    for (together, alone) in zip(all, single) {
      #expect(together.explanations.count == classes.count && alone.explanations.count == classes.count)
      for (own, other) in zip(together.explanations, alone.explanations) {
        #expect(own.target == other.target && own.output == other.output)
        #expect(own.attributions == other.attributions)
      }
    }
  }
}
