import SalienceAttribution
import SalienceCPU
import SalienceModels
import Testing

/// Perturbation methods under every family and head.
///
/// One model after another, so that few are in memory together.
@Suite(.serialized) struct PerturbationFamilyTests {
  private static let methods: [any FeatureMethod] = [
    FeatureAblation(id: "words", settings: PerturbationSettings(features: .words)),
    FeatureAblation(id: "sentences", settings: PerturbationSettings(features: .sentences)),
    FeatureAblation(id: "removed", settings: PerturbationSettings(replacement: .remove)),
    Occlusion(window: 3, stride: 2), LIME(samples: 8), KernelSHAP(samples: 12), ShapleySampling(samples: 1),
    PermutationSHAP(samples: 1, settings: PerturbationSettings(features: .words)), PartitionSHAP(samples: 12),
  ]

  @Test(arguments: FamilyFolder.names) func scoresAreWhatTheyMustBe(folder name: String) async throws {
    let folder = try FamilyFolder(name)
    let bare = try await AttributionModel(
      checkpoint: folder.checkpoint, task: folder.task, methods: [], on: CPUBackend(threads: 1))
    let input = try #require(folder.inputs.first { $0.name == "short" } ?? folder.inputs.first)
    let own = try bare.input(input.text, pair: input.pair)
    let canRemove = folder.head == "sequence-classification" || folder.head == "causal-lm"
    for method in Self.methods {
      let model = try await AttributionModel(
        checkpoint: folder.checkpoint, task: folder.task, methods: [method], on: CPUBackend(threads: 1))
      let result = try #require(try await model.score([own]).first)
      let removes = method.settings.replacement ?? .usual(for: model.tokenizer) == .remove
      if removes, !canRemove {
        let error = #expect(throws: AttributionError.self) { _ = try result.get() }
        #expect(
          error?.message.contains("cannot be removed") == true, "\(name), \(method.id): \(String(describing: error))")
        continue
      }
      let scored = try result.get()
      #expect(!scored.explanations.isEmpty)
      for explanation in scored.explanations {
        let scores = explanation.attributions
        #expect(!scores.contains { !$0.isFinite })
        // Special tokens stay as they are.
        for (score, isSpecial) in zip(scores, scored.decision.encoding.special) where isSpecial { #expect(score == 0) }
        if let baseline = explanation.baselineOutput {
          let delta = try #require(explanation.convergenceDelta)
          let within = abs(delta) < 1e-9 * max(1, abs(explanation.output) + abs(baseline))
          #expect(within, "\(name), \(method.id)")
        }
      }
    }
  }

  /// A text without features scores 0, and one of special tokens alone is no error.
  @Test func nothingToTakeOut() async throws {
    let folder = try FamilyFolder("electra-sequence-classification")
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, methods: Self.methods, on: CPUBackend(threads: 1))
    let scored = try #require(try await model.score([try model.input("")]).first).get()
    #expect(scored.explanations.count == Self.methods.count)
    #expect(scored.explanations.allSatisfy { $0.attributions.allSatisfy { $0 == 0 } })
  }
}
