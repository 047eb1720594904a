/// The sanity check of Adebayo et al. (arXiv 1810.03292): a method whose scores stay the same under a model that has
/// learnt nothing does not explain the model.
extension Explainer {
  /// Explains the same outputs under a model of random weights and adds to each explanation how the two sets of scores
  /// agree.
  ///
  /// - Parameter model: the same methods under random weights.
  /// - Throws: where the backend fails.
  static func compare(
    with model: AttributionModel, _ inputs: [TaskInput], _ results: inout [Result<ScoredInput, AttributionError>]
  ) async throws {
    // The decisions, and so the outputs that are explained, are the trained model's.
    var others = results.map { $0.map { ScoredInput(decision: $0.decision.withoutOutputs, explanations: []) } }
    try await Explainer(model: model).explain(inputs, &others)
    for index in results.indices {
      guard case .success(let scored) = results[index] else { continue }
      // A text that random weights give no finite number has nothing to compare.
      let untrained = (try? others[index].get())?.explanations ?? []
      let special = scored.decision.encoding.special
      let measured = scored.explanations.enumerated().map { place, explanation in
        var explanation = explanation
        let other = untrained.indices.contains(place) ? untrained[place] : nil
        explanation.metrics.append(
          MetricValue(.randomWeightsTau, value: other.flatMap { Self.tau(explanation, $0, special) }))
        return explanation
      }
      results[index] = .success(
        ScoredInput(decision: scored.decision, explanations: measured, seconds: scored.seconds))
    }
  }

  private static func tau(_ a: Explanation, _ b: Explanation, _ special: [Bool]) -> Double? {
    guard a.attributions.count == b.attributions.count else { return nil }
    let words = a.attributions.indices.filter { !special[$0] }
    return RankCorrelation.kendall(words.map { Double(a.attributions[$0]) }, words.map { Double(b.attributions[$0]) })
  }
}

extension Decision {
  /// The same where nothing is known of the model's outputs.
  fileprivate var withoutOutputs: Decision {
    Decision(encoding: encoding, prediction: prediction, choices: choices, candidates: candidates)
  }
}
