import SalienceTensors

/// A method at work that asks once what a text's tokens attend to, for all targets.
struct AttentionRun: MethodRun {
  let method: String
  let subject: Subject
  let kind: AttentionQuestion.Kind
  let settings: AttentionSettings

  mutating func next(_ answers: [Answer]) throws -> Step {
    if answers.isEmpty {
      let question = AttentionQuestion(
        kind: kind, layers: settings.selection.layers(of: subject.architecture), heads: settings.selection.heads,
        cut: settings.cut, queries: subject.readTokens, givesPairs: true)
      let coefficients = subject.coefficients
      let request = TapRequest(subject.input, cotangents: kind == .gradient ? coefficients : [])
      return .ask([.inside([request], .attention(question, coefficients: coefficients))])
    }
    let answer = try answers.inside(at: 0)
    return .finish(try answer.explanations(method, of: subject, normalization: settings.normalization))
  }
}

extension InsideAnswer {
  /// One explanation per target; where the findings are the same for all targets, pairs and units stand beside the
  /// first.
  func explanations(
    _ method: String, of subject: Subject, normalization: Normalization
  ) throws -> [Explanation] {
    try subject.output.targets.enumerated().map { index, target in
      guard let finding = findings.count > 1 ? findings[index] : findings.first else { throw AttributionError.mismatch }
      var explanation = try Explanation(
        method: method, target: target, of: subject, output: values[index], scores: finding.scores,
        squares: finding.squares, normalization: normalization, steps: 1)
      if findings.count > 1 || index == 0 { (explanation.pairs, explanation.units) = (finding.pairs, finding.units) }
      return explanation
    }
  }
}
