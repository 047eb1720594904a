import SalienceAttribution
import SalienceJSON
import SalienceModels
import SalienceTensors

/// A method whose scores are given, to measure them.
struct GivenScores: AttributionMethod {
  let id: String
  var target = Target.predicted
  let layer = AttributionLayer.embeddings
  let values: [JSONMember] = []
  /// One per token that the model reads for the output.
  let scores: @Sendable (Subject) -> [Float]

  var rules: BackwardRules? { nil }
  func cost(tokens: Int) -> MethodCost { MethodCost() }
  func begin(_ subject: Subject) throws -> any MethodRun { Run(method: self, subject: subject) }

  private struct Run: MethodRun {
    let method: GivenScores
    let subject: Subject

    mutating func next(_ answers: [Answer]) throws -> Step {
      if answers.isEmpty { return .ask([.values(subject.input, coefficients: subject.coefficients)]) }
      let scores = method.scores(subject)
      return .finish(
        zip(subject.output.targets, try answers.values(at: 0)).map { target, output in
          Explanation(
            method: method.id, target: target.name, targetIndex: target.index,
            targetPosition: subject.output.position, output: output, baselineOutput: nil, convergenceDelta: nil,
            steps: 0, attributions: scores, normalized: scores, attributionSum: 0, attributionNorm: 0)
        })
    }
  }
}
