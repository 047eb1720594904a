import SalienceAttribution
import SalienceCPU
import SalienceModels
import SalienceTensors
import SalienceTokenizers
import Testing

/// Every reference value of Tests/Fixtures/attribution, on the CPU.
@Suite struct ReferenceCaseTests {
  /// What the product promises against transformers and Captum.
  static let tolerance = 1e-4

  @Test func everyFolderIsSwept() throws {
    #expect(Set(try ReferenceFolder.namesOnDisk()) == Set(ReferenceFolder.names))
  }

  @Test(arguments: ReferenceFolder.names) func values(folder name: String) async throws {
    let folder = try ReferenceFolder(name)
    let methods = try folder.methods()
    let model = try await AttributionModel(checkpoint: folder.checkpoint, methods: methods, on: CPUBackend())
    #expect(model.labels == folder.labels)
    let texts = folder.texts
    let encodings = try texts.map { try model.encode($0.text, pair: $0.pair) }
    let results = try await model.score(encodings, labels: texts.map { _ in nil })
    var worst = Worst()
    for reference in folder.cases {
      let text = try #require(texts.firstIndex { $0.text == reference.text && $0.pair == reference.pair })
      let method = try #require(methods.firstIndex { $0.id == reference.methodID })
      let (prediction, explanations) = try results[text].get()
      try #require(explanations.count == methods.count)
      compare(encodings[text], reference)
      compare(prediction, reference, &worst)
      compare(explanations[method], reference, &worst)
    }
    print("\(name): \(folder.cases.count) cases, \(worst)")
  }

  private struct Worst: CustomStringConvertible {
    var logits = 0.0
    var scores = 0.0
    var description: String { "worst logit \(logits), worst score \(scores) of the norm" }
  }

  private func compare(_ encoding: Encoding, _ reference: ReferenceCase) {
    #expect(encoding.ids == reference.ids, "\(reference.id)")
    #expect(encoding.typeIDs == reference.typeIDs, "\(reference.id)")
    #expect(encoding.tokens == reference.tokens, "\(reference.id)")
    #expect(encoding.special == reference.special, "\(reference.id)")
  }

  private func compare(_ prediction: Prediction, _ reference: ReferenceCase, _ worst: inout Worst) {
    #expect(prediction.logits.count == reference.logits.count)
    let error = zip(prediction.logits, reference.logits).map { abs(Double($0) - $1) }.max() ?? .infinity
    worst.logits = max(worst.logits, error)
    #expect(error <= Self.tolerance, "\(reference.id): logits")
  }

  private func compare(_ explanation: Explanation, _ reference: ReferenceCase, _ worst: inout Worst) {
    let id = reference.id
    let scores = explanation.attributions.map(Double.init)
    let scale = norm(reference.tokenScores)
    #expect(scores.count == reference.tokenScores.count, "\(id)")
    let error = distance(scores, reference.tokenScores)
    #expect(error <= Self.tolerance * scale, "\(id): scores are off by \(error), their norm is \(scale)")
    if scale > 0 { worst.scores = max(worst.scores, error / scale) }
    for (own, expected) in zip(scores, reference.tokenScores) where expected == 0 {
      #expect(own == 0, "\(id): equal embeddings have no score")
    }
    #expect(explanation.targetIndex == reference.targetIndex, "\(id)")
    if reference.target != "predicted" { #expect(explanation.target == reference.target, "\(id)") }
    #expect(explanation.steps == reference.steps, "\(id)")
    #expect(abs(explanation.output - reference.output) <= 2 * Self.tolerance, "\(id): output")
    #expect(
      abs((explanation.baselineOutput ?? .nan) - reference.baselineOutput) <= 2 * Self.tolerance, "\(id): baseline")
    #expect(
      abs((explanation.convergenceDelta ?? .nan) - reference.convergenceDelta)
        <= Self.tolerance * max(1, reference.attributionNorm), "\(id): delta")
    let sum = reference.tokenScores.reduce(0, +)
    #expect(abs(explanation.attributionSum - sum) <= Self.tolerance * max(1, scale), "\(id): sum")
    #expect(
      abs(explanation.attributionNorm - reference.attributionNorm) <= Self.tolerance * reference.attributionNorm,
      "\(id): norm")
    compareNormalized(explanation, reference)
  }

  private func compareNormalized(_ explanation: Explanation, _ reference: ReferenceCase) {
    let scores = explanation.attributions.map(Double.init)
    for (rule, expected) in reference.normalized ?? [:] {
      let own = rule.apply(to: scores, fullNorm: explanation.attributionNorm)
      var scale = norm(expected)
      if rule == .sum {
        // A small divisor magnifies what the scores themselves are allowed.
        let sum = abs(reference.tokenScores.reduce(0, +))
        scale *= 1 + norm(reference.tokenScores) * Double(scores.count).squareRoot() / sum
      }
      #expect(distance(own, expected) <= 2 * Self.tolerance * scale, "\(reference.id): \(rule.rawValue)")
      if rule == .l2 {
        let error = distance(explanation.normalized.map(Double.init), expected)
        #expect(error <= 2 * Self.tolerance * scale, "\(reference.id): the method's own normalisation")
      }
    }
  }
}
