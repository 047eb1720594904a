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
  private var asked = 0

  /// Tokens of the copies that are asked for at once, so that a design of thousands of copies takes little memory.
  private static let tokensPerRound = 1 << 14

  init(method: String, normalization: Normalization, text: PerturbedText, design: (any PerturbationDesign)?) {
    self.method = method
    self.normalization = normalization
    self.text = text
    self.design = design
  }

  mutating func next(_ answers: [Answer]) throws -> Step {
    let subject = text.subject
    var asks: [Ask] = []
    if answers.isEmpty {
      values = subject.output.targets.map { _ in [] }
      asks.append(.values(subject.input, coefficients: subject.coefficients))
    } else {
      let first = whole.isEmpty ? 1 : 0
      if whole.isEmpty { whole = try answers.values(at: 0) }
      for index in first..<answers.count {
        for (target, value) in try answers.values(at: index).enumerated() { values[target].append(value) }
      }
    }
    if let design {
      let end = min(design.count, asked + max(1, Self.tokensPerRound / subject.input.sequence.count))
      for copy in asked..<end {
        asks.append(.values(try text.end(design.present(copy)), coefficients: subject.coefficients))
      }
      asked = end
    }
    return asks.isEmpty ? .finish(try explanations()) : .ask(asks)
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
