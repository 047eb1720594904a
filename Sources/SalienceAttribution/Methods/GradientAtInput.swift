import SalienceTensors

/// A method at work that takes one gradient, at the input itself.
struct GradientAtInput: MethodRun {
  let method: String
  let subject: Subject
  let normalization: Normalization
  /// What of the gradient is summed into a token's score.
  let reduction: TokenReduction
  /// Whether a token's score is the length of its elements instead of their sum.
  let takesLengths: Bool
  /// Whether the scores should sum to F(x), but for what the model's biases keep.
  var explainsOutput = false

  mutating func next(_ answers: [Answer]) throws -> Step {
    if answers.isEmpty {
      return .ask([.values(subject.input, coefficients: subject.coefficients), .path(request)])
    }
    let (outputs, path) = (try answers.values(at: 0), try answers.path(at: 1))
    return .finish(
      try subject.output.targets.enumerated().map { index, target in
        try Explanation(
          method: method, target: target, of: subject, output: outputs[index],
          scores: takesLengths ? path.squares[index].map { $0.squareRoot() } : path.scores[index],
          squares: path.squares[index], normalization: normalization, steps: 1, explainsOutput: explainsOutput)
      })
  }

  /// The end of a path; where it is multiplied with the input, what separates that from zeros.
  private var request: PathRequest {
    let input = subject.input
    let zeros = PathEnd(input.sequence, zeroed: Array(repeating: true, count: input.sequence.count))
    return PathRequest(
      input: input, baseline: reduction.readsEnds ? zeros : input, points: [PathPoint(alpha: 1, weight: 1)],
      cotangents: subject.coefficients, readsBaselineOutputs: false, reduction: reduction)
  }
}
