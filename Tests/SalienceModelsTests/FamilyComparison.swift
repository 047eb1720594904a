import SalienceAttribution
import Testing

/// Holds what was computed against the families' reference values, and remembers how far the worst was off.
struct FamilyComparison: CustomStringConvertible {
  private static let tolerance = ReferenceComparison.tolerance
  private var worstLogit = 0.0
  private var worstScore = 0.0
  private var explanations = 0

  var description: String {
    "\(explanations) explanations, worst logit \(worstLogit), worst score \(worstScore) of the norm"
  }

  mutating func check(_ decision: Decision, _ reference: FamilyInput, _ folder: FamilyFolder) {
    let id = "\(folder.name): \(reference.name)"
    let (encoding, prediction) = (decision.encoding, decision.prediction)
    let count = reference.ids.count
    #expect(encoding.ids == reference.ids + (reference.generatedIDs ?? []), "\(id)")
    #expect(Array(encoding.typeIDs.prefix(count)) == reference.typeIDs, "\(id)")
    #expect(Array(encoding.tokens.prefix(count)) == reference.tokens, "\(id)")
    #expect(Array(encoding.special.prefix(count)) == reference.special, "\(id)")
    if let text = reference.generatedText { #expect(prediction.label == text, "\(id)") }
    if folder.head == "sequence-classification" {
      #expect(prediction.index == reference.choices.first?.index, "\(id)")
    } else {
      #expect(decision.choices == reference.choices, "\(id)")
    }
    #expect(prediction.answer == reference.answerRange, "\(id)")
    if let answer = reference.answer { #expect(prediction.label == answer, "\(id)") }
    if let probability = reference.probability {
      #expect(abs(Double(prediction.probability) - probability) <= Self.tolerance, "\(id): probability")
    }
    #expect(prediction.logits.count == reference.logits.count, "\(id)")
    let error = zip(prediction.logits, reference.logits).map { abs(Double($0) - $1) }.max() ?? 0
    worstLogit = max(worstLogit, error)
    #expect(error <= Self.tolerance, "\(id): logits")
  }

  mutating func check(_ explanation: Explanation, _ reference: FamilyExplanation, steps: Int, id: String) {
    explanations += 1
    let scores = explanation.attributions.map(Double.init)
    let scale = norm(reference.tokenScores)
    #expect(explanation.target == reference.target, "\(id)")
    #expect(explanation.targetIndex == reference.targetIndex, "\(id)")
    #expect(explanation.targetPosition == reference.targetPosition, "\(id)")
    #expect(explanation.steps == steps, "\(id)")
    #expect(scores.count == reference.tokenScores.count, "\(id)")
    let error = distance(scores, reference.tokenScores)
    #expect(error <= Self.tolerance * scale, "\(id): scores are off by \(error), their norm is \(scale)")
    if scale > 0 { worstScore = max(worstScore, error / scale) }
    for (own, expected) in zip(scores, reference.tokenScores) where expected == 0 {
      #expect(own == 0, "\(id): equal embeddings have no score")
    }
    let outputError = abs(explanation.output - reference.output)
    worstLogit = max(worstLogit, outputError)
    #expect(outputError <= 2 * Self.tolerance, "\(id): output is off by \(outputError)")
    #expect(
      abs(explanation.attributionNorm - reference.attributionNorm) <= Self.tolerance * reference.attributionNorm,
      "\(id): norm")
    if let baseline = reference.baselineOutput {
      #expect(abs((explanation.baselineOutput ?? .nan) - baseline) <= 2 * Self.tolerance, "\(id): baseline")
    }
    if let delta = reference.convergenceDelta {
      let allowed = Self.tolerance * max(1, reference.attributionNorm)
      #expect(abs((explanation.convergenceDelta ?? .nan) - delta) <= allowed, "\(id): delta")
    }
    if let normalized = reference.normalized {
      let own = explanation.normalized.map(Double.init)
      #expect(distance(own, normalized) <= 2 * Self.tolerance * norm(normalized), "\(id): shares")
    }
  }
}
