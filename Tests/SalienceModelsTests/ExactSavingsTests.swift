import SalienceAttribution
import SalienceCPU
import SalienceModels
import SalienceTensors
import SalienceVulkan
import Testing

/// What is left out of the work changes no score: each saving is switched off, alone and with all others.
@Suite struct ExactSavingsTests {
  private static let settings: [ExactSavings] =
    [.lastLayerRows, .pathEdges, .sharedBaselines, .equalEnds].map { ExactSavings.all.subtracting($0) } + [[]]

  private func scores(
    _ folder: ReferenceFolder, _ texts: [ReferenceCase], layer: AttributionLayer, savings: ExactSavings,
    on backend: any Backend
  ) async throws -> [(prediction: Prediction, explanations: [Explanation])] {
    let target = folder.labels.count > 3 ? Target.predicted : .all
    var methods = [try IntegratedGradients(id: "fixed", steps: 12, target: target, layer: layer)]
    // In float32 the choice of points may turn on the last bit, and other points give other scores.
    if backend.device.tolerance < 1e-15 {
      let rule = try AdaptiveQuadrature(tolerance: 0.05, maxSteps: 40)
      methods.append(IntegratedGradients(id: "tolerance", rule: .adaptive(rule), layer: layer))
    }
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, methods: methods, savings: savings, on: backend)
    let encodings = try texts.map { try model.encode($0.text, pair: $0.pair) }
    return try await model.score(encodings, labels: texts.map { _ in nil }).map { try $0.get() }
  }

  /// - Parameter bound: largest distance of a text's scores, relative to their norm.
  private func compare(
    _ folder: String, layers: [AttributionLayer], on backend: any Backend, longest: Int = 64, bound: Double
  ) async throws {
    let folder = try ReferenceFolder(folder)
    let texts = Array(folder.texts.filter { $0.ids.count <= longest }.prefix(8))
    var worst = 0.0
    for layer in layers {
      let saved = try await scores(folder, texts, layer: layer, savings: .all, on: backend)
      for savings in Self.settings {
        let others = try await scores(folder, texts, layer: layer, savings: savings, on: backend)
        for (own, other) in zip(saved, others) {
          #expect(own.prediction.index == other.prediction.index)
          #expect(own.explanations.count == other.explanations.count)
          for (own, other) in zip(own.explanations, other.explanations) {
            let (a, b) = (own.attributions.map(Double.init), other.attributions.map(Double.init))
            let scale = max(norm(b), .leastNormalMagnitude)
            worst = max(worst, distance(a, b) / scale)
            #expect(distance(a, b) <= bound * scale, "\(layer), \(own.method), without \(savings)")
            #expect(abs(own.attributionNorm - other.attributionNorm) <= bound * other.attributionNorm)
            let (start, expected) = (try #require(own.baselineOutput), try #require(other.baselineOutput))
            #expect(abs(start - expected) <= bound)
          }
        }
      }
      #expect(saved.contains { $0.explanations.contains { $0.attributionNorm > 1e-3 } })
    }
    print("\(folder.name): exact savings on \(backend.device.name), worst score \(worst) of the norm")
  }

  @Test(arguments: ["bert-3-bf16", "distilbert-93-bf16"]) func inFloat64(folder: String) async throws {
    try await compare(folder, layers: [.embeddings], on: ReferenceBackend(), longest: 16, bound: 1e-9)
  }

  @Test(arguments: ["bert-3-bf16", "distilbert-93-bf16", "demo-checkpoint-8000"])
  func onTheCPU(folder: String) async throws {
    try await compare(folder, layers: [.embeddings, .wordEmbeddings, .encoder(0)], on: CPUBackend(), bound: 1e-5)
  }

  @Test(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all)
  func onVulkan(device: VulkanTestDevice) async throws {
    let backend = try device.backend()
    try await compare("bert-3-bf16", layers: [.embeddings], on: backend, bound: 1e-5)
    #expect(backend.messages?.all ?? [] == [])
  }

  /// A text that is its own baseline, holding nothing but special tokens, is not walked and scores exactly zero.
  @Test(arguments: [ExactSavings.all, []]) func equalEnds(savings: ExactSavings) async throws {
    let folder = try ReferenceFolder("bert-3-bf16")
    let texts = folder.texts.filter { $0.special.allSatisfy { $0 } }
    #expect(!texts.isEmpty)
    for answer in try await scores(folder, texts, layer: .embeddings, savings: savings, on: CPUBackend()) {
      #expect(answer.explanations.allSatisfy { $0.attributions.allSatisfy { $0 == 0 } && $0.attributionNorm == 0 })
    }
  }

  /// The first layer's projections and the last layer's rows are what a step does without.
  @Test func flopsAreFewer() throws {
    let folder = try ReferenceFolder("bert-3-bf16")
    let architecture = try ModelRegistry.architecture(for: folder.checkpoint.config)
    let flops = { (savings: ExactSavings) in
      try architecture.program(.sequenceClassification, at: .embeddings, savings: savings).flopsPerStep(
        lengths: [20], targets: 1)
    }
    let (all, without, none) = (try flops(.all), try flops(.all.subtracting(.pathEdges)), try flops([]))
    #expect(all < without && without < none)
  }
}
