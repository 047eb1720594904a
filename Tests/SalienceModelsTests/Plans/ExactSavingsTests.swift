import SalienceAttribution
import SalienceCPU
import SalienceCheckpoints
import SalienceModels
import SalienceReference
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// What is left out of the work changes no score: each saving is switched off, alone and with all others.
@Suite struct ExactSavingsTests {
  private static let settings: [ExactSavings] =
    [.lastLayerRows, .pathEdges, .sharedBaselines, .equalEnds, .absorbedKeysValues].map {
      ExactSavings.all.subtracting($0)
    } + [[]]

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

  /// Families whose last layer does without keys and values, and one whose positions rotate them: with and without them
  /// each text's scores are the same.
  private func compareAbsorption(_ name: String, on backend: any Backend, bound: Double) async throws {
    let folder = try FamilyFolder(name)
    // GPT-2 has no padding.
    let baseline = name.hasPrefix("gpt2") ? Baseline.token("Ġthe") : .pad
    let methods = try [AttributionLayer.embeddings, .encoder(0)].map { layer in
      try IntegratedGradients(id: "\(layer)", steps: 7, baseline: baseline, layer: layer)
    }
    func scores(_ savings: ExactSavings) async throws -> [ScoredInput] {
      let model = try await AttributionModel(
        checkpoint: folder.checkpoint, task: folder.task, methods: methods, savings: savings, on: backend)
      return try await model.score(folder.inputs.map { try model.input($0.text, pair: $0.pair) }).map { try $0.get() }
    }
    let (saved, computed) = (try await scores(.all), try await scores(.all.subtracting(.absorbedKeysValues)))
    #expect(saved.contains { $0.explanations.contains { $0.attributionNorm > 1e-3 } })
    for (own, other) in zip(saved, computed) {
      #expect(own.explanations.count == other.explanations.count)
      for (own, other) in zip(own.explanations, other.explanations) {
        let (a, b) = (own.attributions.map(Double.init), other.attributions.map(Double.init))
        #expect(distance(a, b) <= bound * max(norm(b), .leastNormalMagnitude), "\(name), \(own.method)")
        let (start, expected) = (try #require(own.baselineOutput), try #require(other.baselineOutput))
        #expect(abs(start - expected) <= bound * max(1, abs(expected)))
      }
    }
  }

  private static let absorbing = [
    "gpt2-sequence-classification", "gpt2-causal-lm", "albert-sequence-classification",
    "roberta-sequence-classification", "electra-sequence-classification", "qwen3-sequence-classification",
  ]

  @Test(arguments: absorbing) func keysAndValuesInFloat64(folder: String) async throws {
    try await compareAbsorption(folder, on: ReferenceBackend(), bound: 1e-9)
  }

  @Test(arguments: absorbing) func keysAndValuesOnTheCPU(folder: String) async throws {
    try await compareAbsorption(folder, on: CPUBackend(), bound: 1e-5)
  }

  @Test(
    .enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all,
    ["gpt2-sequence-classification", "roberta-sequence-classification"])
  func keysAndValuesOnVulkan(device: VulkanTestDevice, folder: String) async throws {
    let backend = try device.backend()
    try await compareAbsorption(folder, on: backend, bound: 1e-5)
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
      try architecture.program(.sequenceClassification, ProgramSpec(), savings: savings).flopsPerStep(
        lengths: [20], targets: 1)
    }
    let (all, without, none) = (try flops(.all), try flops(.all.subtracting(.pathEdges)), try flops([]))
    #expect(all < without && without < none)
    #expect(try all < flops(.all.subtracting(.absorbedKeysValues)))
  }

  /// At the last layer's input keys and values are blended from a path's ends, and so not absorbed; before it they are,
  /// and where positions are in them never.
  @Test func whatAbsorbsKeysAndValues() throws {
    func absorbs(_ folder: Checkpoint, at layer: AttributionLayer, savings: ExactSavings = .all) throws -> Bool {
      let program = try ModelRegistry.architecture(for: folder.config).program(
        .sequenceClassification, ProgramSpec(layer: layer), savings: savings)
      return try #require(program.gradient).plan.instructions.contains { $0.operation is MultiQueryAttention }
    }
    let bert = try ReferenceFolder("bert-3-bf16").checkpoint
    let layers = try ModelRegistry.architecture(for: bert.config).layerCount
    let input = layers > 1 ? AttributionLayer.encoder(layers - 2) : .embeddings
    #expect(try absorbs(bert, at: .wordEmbeddings))
    #expect(try !absorbs(bert, at: .wordEmbeddings, savings: .all.subtracting(.absorbedKeysValues)))
    #expect(try !absorbs(bert, at: .encoder(layers - 1)))
    #expect(try !absorbs(bert, at: input))
    #expect(try absorbs(bert, at: input, savings: .all.subtracting(.pathEdges)))
    let (gpt2, llama) = (
      try FamilyFolder("gpt2-sequence-classification"), try FamilyFolder("llama-sequence-classification")
    )
    #expect(try absorbs(gpt2.checkpoint, at: .embeddings) && !absorbs(llama.checkpoint, at: .embeddings))
  }
}
