import SalienceAttribution
import SalienceTokenizers
import Testing

/// Holds what was computed against reference values, and remembers how far the worst was off.
struct ReferenceComparison: CustomStringConvertible {
  /// What the product promises against transformers and Captum.
  static let tolerance = 1e-4

  private var worstLogit = 0.0
  private var worstScore = 0.0

  var description: String { "worst logit \(worstLogit), worst score \(worstScore) of the norm" }

  func check(_ encoding: Encoding, _ reference: ReferenceCase) {
    #expect(encoding.ids == reference.ids, "\(reference.id)")
    #expect(encoding.typeIDs == reference.typeIDs, "\(reference.id)")
    #expect(encoding.tokens == reference.tokens, "\(reference.id)")
    #expect(encoding.special == reference.special, "\(reference.id)")
  }

  mutating func check(_ prediction: Prediction, _ reference: ReferenceCase) {
    #expect(prediction.logits.count == reference.logits.count)
    let error = zip(prediction.logits, reference.logits).map { abs(Double($0) - $1) }.max() ?? .infinity
    worstLogit = max(worstLogit, error)
    #expect(error <= Self.tolerance, "\(reference.id): logits")
  }

  mutating func check(_ explanation: Explanation, _ reference: ReferenceCase) {
    let id = reference.id
    let scores = explanation.attributions.map(Double.init)
    let scale = norm(reference.tokenScores)
    #expect(scores.count == reference.tokenScores.count, "\(id)")
    let error = distance(scores, reference.tokenScores)
    #expect(error <= Self.tolerance * scale, "\(id): scores are off by \(error), their norm is \(scale)")
    if scale > 0 { worstScore = max(worstScore, error / scale) }
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
    checkNormalized(explanation, reference)
  }

  private func checkNormalized(_ explanation: Explanation, _ reference: ReferenceCase) {
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
