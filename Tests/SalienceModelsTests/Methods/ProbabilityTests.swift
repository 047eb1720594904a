import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceModels
import Testing

/// With `output: probability` the number that is explained is the one that the prediction shows, or one of those that it
/// is made of.
@Suite struct ProbabilityTests {
  private static let tolerance = 0.02
  private static let folders = FamilyFolder.names.filter { $0 != "roberta-regression" }

  @Test(arguments: folders) func explainsWhatThePredictionShows(folder name: String) async throws {
    let folder = try FamilyFolder(name)
    var task = folder.task
    task.generation.maximumNewTokens = 3
    let methods: [any AttributionMethod] = [
      try IntegratedGradients(id: "ig", steps: 3, baseline: .zero, output: .probability),
      GradientTimesInput(id: "gradient", output: .probability),
      try NoiseTunnel(
        IntegratedGradients(id: "noise", steps: 3, baseline: .zero, output: .probability), samples: 2),
      IntegratedGradients(
        id: "tolerance", rule: .adaptive(try AdaptiveQuadrature(tolerance: Self.tolerance, maxSteps: 33)),
        baseline: .zero, output: .probability),
    ]
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, task: task, methods: methods, on: CPUBackend())
    // The first text is enough: each has its own fixture.
    let input = try #require(folder.inputs.first { $0.name == "hostile" || $0.name == "short" })
    let scored = try #require(await model.score([model.input(input.text, pair: input.pair)]).first).get()
    for method in methods.map(\.id) {
      let outputs = scored.explanations.filter { $0.method == method }.map(\.output)
      let shown = Double(scored.decision.prediction.probability)
      #expect(abs(made(of: outputs, in: folder.head) - shown) <= 1e-5 * max(shown, 1e-2), "\(method)")
    }
    for explanation in scored.explanations where explanation.method == "tolerance" && explanation.converged == true {
      let difference = explanation.output - (explanation.baselineOutput ?? .nan)
      let allowed = Self.tolerance * max(abs(difference), AdaptiveQuadrature.outputFloor)
      #expect(abs(explanation.convergenceDelta ?? .nan) <= allowed)
    }
  }

  /// Product, least or geometric mean, as the table of the predictions says.
  private func made(of outputs: [Double], in head: String) -> Double {
    switch head {
    case "question-answering": outputs.reduce(1, *)
    case "token-classification", "masked-lm": outputs.min() ?? .nan
    case "causal-lm": exp(outputs.reduce(0) { $0 + log($1) } / Double(outputs.count))
    default: outputs.count == 1 ? outputs[0] : .nan
    }
  }

  /// Noise too small to matter leaves the reference's scores as they are.
  @Test(arguments: ["bert-question-answering", "bert-multi-label", "bert-one-logit"])
  func littleNoiseChangesLittle(folder name: String) async throws {
    let folder = try FamilyFolder(name)
    let reference = try #require(
      folder.cases.first { $0.id.hasSuffix("/integrated-gradients/embeddings/20/pad/predicted/probability") })
    let method = try NoiseTunnel(try reference.method(), samples: 2, deviation: 1e-6)
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, task: folder.task, methods: [method], on: CPUBackend())
    let input = try folder.input(reference.input)
    let scored = try #require(await model.score([model.input(input.text, pair: input.pair)]).first).get()
    #expect(scored.explanations.count == reference.explanations.count)
    for (own, expected) in zip(scored.explanations, reference.explanations) {
      let error = distance(own.attributions.map(Double.init), expected.tokenScores)
      #expect(error <= 1e-3 * norm(expected.tokenScores))
      #expect(abs(own.output - expected.output) <= 1e-4)
    }
  }

  @Test(arguments: [OutputKind.logit, .probability]) func aRegressionHasNoProbability(_ output: OutputKind) async throws
  {
    let checkpoint = try FamilyFolder("roberta-regression").checkpoint
    for method: any AttributionMethod in [
      try IntegratedGradients(id: "own", output: output), GradientTimesInput(id: "own", output: output),
      try NoiseTunnel(IntegratedGradients(id: "own", output: output)),
    ] {
      if output == .logit {
        try AttributionModel.validate([method], for: checkpoint.config)
        continue
      }
      for body in [
        { try AttributionModel.validate([method], for: checkpoint.config) },
        { _ = try await AttributionModel(checkpoint: checkpoint, methods: [method], on: CPUBackend()) },
      ] as [() async throws -> Void] {
        let error = await #expect(throws: AttributionError.self) { try await body() }
        #expect(error?.code == .usage && error?.setting == .output && error?.method == "own")
      }
    }
  }
}
