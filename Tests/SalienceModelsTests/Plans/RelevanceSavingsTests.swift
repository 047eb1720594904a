import SalienceAttribution
import SalienceCPU
import SalienceModels
import SalienceReference
import SalienceTensors
import SalienceTestSupport
import Testing

/// What is left out of the last layer's work changes no relevance.
///
/// One model after another, so that few are in memory together.
@Suite(.serialized) struct RelevanceSavingsTests {
  private static let folders = [
    "bert-multi-label", "distilbert-mean-pooling", "gpt2-sequence-classification", "gpt2-causal-lm",
    "albert-sequence-classification", "roberta-sequence-classification", "deberta-v2-sequence-classification",
    "modernbert-sequence-classification", "llama-sequence-classification", "qwen3-causal-lm",
    "gemma-sequence-classification",
  ]

  private func compare(_ name: String, on backend: any Backend, bound: Double) async throws {
    let folder = try FamilyFolder(name)
    let methods = [AttributionLayer.wordEmbeddings, .embeddings, .encoder(0)].map { AttnLRP(id: "\($0)", layer: $0) }
    func scores(_ savings: ExactSavings) async throws -> [ScoredInput] {
      let model = try await AttributionModel(
        checkpoint: folder.checkpoint, task: folder.task, methods: methods, savings: savings, on: backend)
      let inputs = folder.inputs.filter { $0.ids.count <= 40 && $0.generatedIDs == nil }
      return try await model.score(inputs.map { try model.input($0.text, pair: $0.pair) }).map { try $0.get() }
    }
    let saved = try await scores(.all)
    #expect(saved.contains { $0.explanations.contains { $0.attributionNorm > 1e-3 } })
    for savings in [[], ExactSavings.all.subtracting(.lastLayerRows), .all.subtracting(.pathEdges)] {
      for (own, other) in zip(saved, try await scores(savings)) {
        #expect(own.explanations.count == other.explanations.count)
        for (own, other) in zip(own.explanations, other.explanations) {
          let (a, b) = (own.attributions.map(Double.init), other.attributions.map(Double.init))
          #expect(distance(a, b) <= bound * max(norm(b), .leastNormalMagnitude), "\(name), \(own.method), \(savings)")
        }
      }
    }
  }

  @Test(arguments: folders) func inFloat64(folder: String) async throws {
    try await compare(folder, on: ReferenceBackend(), bound: 1e-6)
  }

  @Test(arguments: folders) func onTheCPU(folder: String) async throws {
    try await compare(folder, on: CPUBackend(), bound: 1e-5)
  }

  /// A family whose exact gradients do without keys and values keeps them.
  @Test func keysAndValuesStay() throws {
    let architecture = try ModelRegistry.architecture(for: FamilyFolder("bert-multi-label").checkpoint.config)
    func names(_ rules: BackwardRules) throws -> [String] {
      try architecture.program(.sequenceClassification, ProgramSpec(layer: .wordEmbeddings, rules: rules))
        .forward.instructions.map(\.operation.name)
    }
    #expect(try names(.exact).contains("attention_multi_query"))
    #expect(try !names(.attnLRP).contains("attention_multi_query"))
    #expect(try names(.attnLRP).contains("attention_selected"))
  }
}
