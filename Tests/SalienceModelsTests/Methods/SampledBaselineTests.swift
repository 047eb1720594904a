import SalienceAttribution
import SalienceCPU
import SalienceTensors
import Testing

/// What holds of methods whose paths begin at several baselines, whatever a peer says.
///
/// One model after another, so that few are in memory together.
@Suite(.serialized) struct SampledBaselineTests {
  private func explanations(
    _ methods: [any AttributionMethod], _ folder: FamilyFolder, inputs: Int = 3
  ) async throws -> [[Explanation]] {
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, task: folder.task, methods: methods, on: CPUBackend())
    let texts = try folder.inputs.prefix(inputs).map { try model.input($0.text, pair: $0.pair) }
    return try await model.score(texts).map { try $0.get().explanations }
  }

  /// The mean over many random points nears the integral: F(x) - F(x'), token by token as integrated gradients.
  @Test func manySamplesNearTheIntegral() async throws {
    let folder = try FamilyFolder("bert-multi-label")
    let target = Target.class(.index(0))
    let methods: [any AttributionMethod] = [
      try IntegratedGradients(id: "ig", steps: 200, target: target),
      ExpectedGradients(id: "few", samples: BaselineSamples(count: 30), target: target),
      ExpectedGradients(id: "many", samples: BaselineSamples(count: 1000), target: target),
    ]
    for own in try await explanations(methods, folder) {
      let (exact, few) = (own[0].attributions.map(Double.init), own[1].attributions.map(Double.init))
      let many = own[2].attributions.map(Double.init)
      // Elements of a token may cancel in its score; the errors of samples do not.
      #expect(distance(many, exact) < 0.1 * own[0].attributionNorm)
      #expect(distance(many, exact) < distance(few, exact))
      #expect(own[2].baselineOutput.map { abs($0 - (own[0].baselineOutput ?? 0)) < 1e-5 } == true)
      #expect(own[2].steps == 1000)
    }
  }

  /// Where the vectors of input and baseline are equal the score is exactly 0: special tokens of BERT, but not under noise.
  @Test func specialTokensScoreZero() async throws {
    let folder = try FamilyFolder("bert-multi-label")
    let samples = BaselineSamples(count: 4, baselines: [.pad, .mask])
    let methods: [any AttributionMethod] = [
      ExpectedGradients(samples: samples), try SequentialIntegratedGradients(steps: 4),
      try GradientSHAP(samples: samples, deviation: 0.1),
    ]
    let rows = try await explanations(methods, folder)
    for (input, own) in zip(folder.inputs, rows) {
      for (token, isSpecial) in input.special.enumerated() where isSpecial {
        #expect(own[0].attributions[token] == 0 && own[1].attributions[token] == 0)
        #expect(own[2].attributions[token] != 0)
      }
    }
  }

  /// Draws are an example's own, spread over the baselines, and others with another seed or id.
  @Test func drawsComeFromTheExample() async throws {
    let folder = try FamilyFolder("bert-multi-label")
    func scores(_ id: String, _ seed: Int) async throws -> [[Float]] {
      let samples = BaselineSamples(count: 3, seed: seed, baselines: [.pad, .zero])
      return try await explanations([ExpectedGradients(id: id, samples: samples)], folder).map { $0[0].attributions }
    }
    let own = try await scores("a", 0)
    #expect(try await scores("a", 0) == own)
    #expect(try await scores("a", 1) != own)
    #expect(try await scores("b", 0) != own)
  }

  /// A token's sequential score is what the output loses without it; a long text's paths are asked for in rounds.
  @Test(arguments: ["ordinary", "long"]) func sequentialScoresAreWhatEachTokenAdds(name: String) async throws {
    let folder = try FamilyFolder("electra-sequence-classification")
    let target = Target.class(.index(1))
    let method = try SequentialIntegratedGradients(steps: 40, baseline: .mask, target: target)
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, task: folder.task, methods: [method], on: CPUBackend())
    let input = try folder.input(name)
    #expect((input.ids.count > 64) == (name == "long"))
    let scored = try #require(await model.score([model.input(input.text, pair: input.pair)]).first).get()
    let explanation = try #require(scored.explanations.first)
    let mask = try #require(model.tokenizer.maskToken?.id)
    let ends = input.ids.indices.map { token in
      var ids = input.ids
      ids[token] = mask
      return PathEnd(model.architecture.sequence(ids: ids, typeIDs: input.typeIDs))
    }
    let prepared = try await CPUBackend().prepare(model.programs, parameters: folder.checkpoint.parameters)
    let outputs = try await prepared.outputs(program: 0, of: ends)
    for token in input.ids.indices where !input.special[token] {
      let lost = explanation.output - Double(outputs[token][1])
      #expect(abs(Double(explanation.attributions[token]) - lost) <= 0.02 * max(0.05, abs(lost)), "token \(token)")
    }
    #expect(explanation.steps == 40 * input.special.count { !$0 })
  }

  /// At the layer where the path lies, internal influence is the mean gradient along it: times the distance, it is
  /// integrated gradients.
  @Test func influenceAtThePathsLayerIsTheMeanGradient() async throws {
    let folder = try FamilyFolder("llama-sequence-classification")
    let target = Target.class(.index(0))
    let methods: [any AttributionMethod] = [
      try InternalInfluence(
        id: "one", steps: 1, quadrature: .riemannRight, baseline: .zero, target: target,
        layer: .embeddings),
      Saliency(id: "slope", reduction: .sum, target: target, layer: .embeddings),
      try InternalInfluence(id: "inner", steps: 1, quadrature: .riemannRight, baseline: .zero, target: target),
      Saliency(id: "inner slope", reduction: .sum, target: target, layer: .encoder(0)),
    ]
    for own in try await explanations(methods, folder) {
      // The only point is the input itself, where the gradient towards a layer is the layer's saliency.
      for (a, b) in [(0, 1), (2, 3)] {
        let (scores, expected) = (own[a].attributions.map(Double.init), own[b].attributions.map(Double.init))
        #expect(distance(scores, expected) <= 1e-4 * norm(expected))
      }
    }
  }

  @Test func refusesLayersInWhichNoTokenIsAlone() throws {
    #expect(throws: AttributionError.self) { try SequentialIntegratedGradients(layer: .encoder(0)) }
    #expect(throws: AttributionError.self) { try GradientSHAP(deviation: 0) }
    #expect(throws: AttributionError.self) { try InternalInfluence(steps: 1, quadrature: .clenshawCurtis) }
  }
}
