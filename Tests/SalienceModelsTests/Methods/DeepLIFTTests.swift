import SalienceAttribution
import SalienceCPU
import SalienceModels
import SalienceReference
import SalienceTensors
import SalienceTestSupport
import Testing

/// What holds of DeepLIFT's scores whatever a peer says.
///
/// One model after another, so that few are in memory together.
@Suite(.serialized) struct DeepLIFTTests {
  private func explanations(
    _ name: String, _ methods: [any AttributionMethod], inputs: Int = 2, savings: ExactSavings = .all,
    on backend: any Backend
  ) async throws -> [[Explanation]] {
    let folder = try FamilyFolder(name)
    var task = folder.task
    task.generation.maximumNewTokens = 2
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, task: task, methods: methods, savings: savings, on: backend)
    let texts = folder.inputs.filter { $0.ids.count <= 40 }.prefix(inputs)
    return try await model.score(texts.map { try model.input($0.text, pair: $0.pair) }).map {
      try $0.get().explanations
    }
  }

  private static func methods(of name: String) -> [any AttributionMethod] {
    let layers = [AttributionLayer.embeddings, .encoder(0)]
    let probability: [any AttributionMethod] =
      name == "roberta-regression" ? [] : [DeepLIFT(id: "probability", baseline: .zero, output: .probability)]
    return layers.map { DeepLIFT(id: "\($0)", baseline: .zero, keepSpecial: false, layer: $0) } + probability
  }

  private func scoresAddUp(_ name: String, on backend: any Backend, bound: Double) async throws {
    var (worst, count) = (0.0, 0)
    for explanation in try await explanations(name, Self.methods(of: name), on: backend).joined() {
      count += 1
      let delta = try #require(explanation.convergenceDelta)
      let scale = max(1, explanation.attributionNorm)
      #expect(abs(delta) <= bound * scale, "\(name), \(explanation.method): \(delta)")
      #expect(explanation.attributionNorm > 0 && explanation.steps == 1)
      worst = max(worst, abs(delta) / scale)
    }
    #expect(count > 0)
    print("\(name) on \(backend.device.name): \(count) explanations, worst delta \(worst)")
  }

  /// Σ scores = F(x) - F(x') for every family and task, of logits and probabilities.
  @Test(arguments: FamilyFolder.names) func scoresAddUpOnTheCPU(folder: String) async throws {
    try await scoresAddUp(folder, on: CPUBackend(), bound: 2e-5)
  }

  @Test(arguments: ["bert-question-answering", "deberta-v2-own-keys", "modernbert-mean", "qwen3-own-outputs"])
  func scoresAddUpInFloat64(folder: String) async throws {
    try await scoresAddUp(folder, on: ReferenceBackend(), bound: 1e-6)
  }

  @Test(
    .enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all,
    ["bert-question-answering", "bert-one-logit", "deberta-v2-own-keys", "modernbert-mean", "qwen3-own-outputs"])
  func scoresAddUpOnVulkan(device: VulkanTestDevice, folder: String) async throws {
    let backend = try device.backend()
    try await scoresAddUp(folder, on: backend, bound: 2e-5)
    #expect(backend.messages?.all ?? [] == [])
  }

  /// A text that is its own baseline has scores of 0, and so have special tokens that stay as they are.
  @Test func whatDoesNotDifferScoresZero() async throws {
    let folder = try FamilyFolder("bert-multi-label")
    let methods = [DeepLIFT(id: "kept"), DeepLIFT(id: "replaced", keepSpecial: false)]
    let scored = try await explanations(folder.name, methods, on: CPUBackend())
    for (input, own) in zip(folder.inputs.filter { $0.ids.count <= 40 }, scored) {
      for (token, isSpecial) in input.special.enumerated() {
        #expect((own[0].attributions[token] == 0) == isSpecial)
        #expect(own[1].attributions[token] != 0)
      }
    }
  }

  /// What is left out of the work along a path changes no score.
  @Test(arguments: ["bert-multi-label", "llama-causal-lm"]) func savingsChangeNothing(folder: String) async throws {
    let methods = [DeepLIFT(baseline: .zero)]
    let saved = try await explanations(folder, methods, on: ReferenceBackend()).joined()
    let whole = try await explanations(folder, methods, savings: [], on: ReferenceBackend()).joined()
    #expect(!saved.isEmpty)
    for (own, other) in zip(saved, whole) {
      let (a, b) = (own.attributions.map(Double.init), other.attributions.map(Double.init))
      #expect(distance(a, b) <= 1e-6 * norm(b))
    }
  }

  /// Noise moves the input alone; the baseline stays its partner.
  @Test func noiseKeepsTheSum() async throws {
    let tunnel = try NoiseTunnel(DeepLIFT(baseline: .zero), kind: .smoothGrad, samples: 3, deviation: 0.1)
    for explanation in try await explanations("bert-multi-label", [tunnel], on: CPUBackend()).joined() {
      let delta = try #require(explanation.convergenceDelta)
      #expect(abs(delta) <= 2e-5 * max(1, explanation.attributionNorm) && explanation.steps == 3)
    }
  }

  /// The largest of all tokens' outputs and logarithms have no rule, and that is said before anything is scored.
  @Test func whatHasNoRuleIsRefused() async throws {
    for (folder, method, setting) in [
      ("bert-question-answering", DeepLIFT(target: .maximum), AttributionError.Setting.target),
      ("bert-masked-lm", DeepLIFT(output: .logProbability), .output),
    ] {
      let error = await #expect(throws: AttributionError.self) {
        _ = try await explanations(folder, [method], on: CPUBackend())
      }
      #expect(error?.code == .usage && error?.setting == setting && error?.method == DeepLIFT.name)
    }
  }
}
