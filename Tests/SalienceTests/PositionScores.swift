import SalienceAttribution
import SalienceJSON
import SalienceModels

/// A method of a few lines, as a newcomer would add one: scores that fall from the first token on.
struct PositionScores: RegisteredMethod {
  static let name = "position-scores"
  static let summary = "one over the token's place"
  static let scaleSetting = Setting.integer("scale", in: 1...100, fallback: 3, help: "largest score")
  static let settings: [any SettingDeclaration] = [scaleSetting]

  let id: String
  let scale: Int
  let target = Target.predicted
  let layer = AttributionLayer.embeddings

  init(id: String, settings: any SettingsReader) throws {
    self.id = id
    scale = try Self.scaleSetting.value(in: settings)
  }

  var values: [JSONMember] { [Self.scaleSetting.member(scale)] }
  func cost(tokens: Int) -> MethodCost { MethodCost() }

  func begin(_ subject: Subject) throws -> any MethodRun { Run(method: self, subject: subject) }

  private struct Run: MethodRun {
    let method: PositionScores
    let subject: Subject

    mutating func next(_ answers: [Answer]) throws -> Step {
      if answers.isEmpty { return .ask([.values(subject.input, coefficients: subject.coefficients)]) }
      let scores = subject.encoding.ids.indices.map { Float(method.scale) / Float($0 + 1) }
      let outputs = try answers.values(at: 0)
      return .finish(
        zip(subject.output.targets, outputs).map { target, output in
          Explanation(
            method: method.id, target: target.name, targetIndex: target.index, output: output, baselineOutput: nil,
            convergenceDelta: nil, steps: 0, attributions: scores, normalized: scores,
            attributionSum: scores.reduce(0) { $0 + Double($1) },
            attributionNorm: scores.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
        })
    }
  }
}
