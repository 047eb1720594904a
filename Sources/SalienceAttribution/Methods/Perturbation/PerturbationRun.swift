/// A perturbation method at work on one output of one example: asks for the copies of its design, round after round.
struct PerturbationRun: MethodRun {
  let method: String
  let normalization: Normalization
  let text: PerturbedText
  /// nil for a text without features, whose scores are 0.
  let design: (any PerturbationDesign)?
  /// F of the text itself, one per target, once it is known.
  private var whole: [Double] = []
  /// F of each copy so far, per target.
  private var values: [[Double]] = []
  private var copies = 0
  /// What was asked last.
  private var asked: [OutputQuestion] = []

  init(method: String, normalization: Normalization, text: PerturbedText, design: (any PerturbationDesign)?) {
    self.method = method
    self.normalization = normalization
    self.text = text
    self.design = design
  }

  mutating func next(_ answers: [Answer]) throws -> Step {
    for own in try asked.values(of: answers) {
      if whole.isEmpty {
        whole = own
        values = own.map { _ in [] }
      } else {
        for (target, value) in own.enumerated() { values[target].append(value) }
      }
    }
    asked = whole.isEmpty ? [OutputQuestion(at: text.subject.input, of: text.subject)] : []
    var tokens = 0
    while let design, copies < design.count, tokens < OutputQuestion.tokensPerRound {
      let question = OutputQuestion(at: try text.end(design.present(copies)), of: text.subject)
      asked.append(question)
      tokens += question.tokenCount
      copies += 1
    }
    return asked.isEmpty ? .finish(try explanations()) : .ask(asked.flatMap(\.asks))
  }

  private func explanations() throws -> [Explanation] {
    try text.subject.output.targets.enumerated().map { index, target in
      let own = values[index]
      let scores = text.tokenScores(design?.scores(whole: whole[index], own) ?? [])
      return try Explanation(
        method: method, target: target, of: text.subject, output: whole[index],
        baselineOutput: design?.emptyCopy.map { own[$0] }, scores: scores, squares: scores.map { $0 * $0 },
        normalization: normalization, steps: own.count)
    }
  }
}
