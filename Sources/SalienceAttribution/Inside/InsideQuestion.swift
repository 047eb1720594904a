import SalienceTensors

/// What is asked of values inside a model, which are too many to be kept.
public enum InsideQuestion: Sendable, Hashable {
  /// What tokens attend to, at one point; F for each row of coefficients.
  case attention(AttentionQuestion, coefficients: [[Float]])
  /// Values of layers at one point; F for each row of coefficients.
  case activations(ActivationQuestion, coefficients: [[Float]])
  /// Conductance through one value of each token, for each row of cotangents, at points along a path in their order.
  case conductance(UnitCut)
}

/// What values inside a model say.
public struct InsideAnswer: Sendable {
  /// F, one per row of coefficients; none where none are asked for.
  public var values: [Double] = []
  /// One per target where the question tells targets apart; one for all otherwise.
  public var findings: [Finding] = []

  /// What is found for a target, or for all of them.
  public struct Finding: Sendable {
    /// One per token.
    public var scores: [Double]
    /// Sums of squares of what a token's score is made of.
    public var squares: [Double]
    public var pairs: [TokenPair] = []
    public var units: [UnitValue] = []
  }
}

extension InsideQuestion {
  /// - Parameters:
  ///   - tapped: one per point.
  ///   - attention: the layers' attentions by their number.
  func answer(_ tapped: ArraySlice<TappedOutputs>, attention: [Int: LayerAttention]) -> InsideAnswer {
    guard let first = tapped.first else { return InsideAnswer() }
    func values(_ coefficients: [[Float]]) -> [Double] {
      coefficients.map { PathRequest.value(first.outputs, by: $0) }
    }
    switch self {
    case .attention(let question, let coefficients):
      return InsideAnswer(
        values: values(coefficients),
        findings: question.maps(first, model: attention).map { map in
          InsideAnswer.Finding(scores: map.scores, squares: map.scores.map { $0 * $0 }, pairs: map.pairs)
        })
    case .activations(let question, let coefficients):
      return InsideAnswer(values: values(coefficients), findings: [question.finding(in: first.values)])
    case .conductance(let cut):
      return InsideAnswer(findings: first.gradients.indices.map { cut.conductance(of: $0, at: tapped) })
    }
  }
}
