import SalienceAttribution
import SalienceJSON
import SalienceModels

/// A method of a few lines, as a newcomer would add one: scores that know nothing of the model.
struct RandomScores: RegisteredMethod {
  static let name = "random-scores"
  static let summary = "random numbers, what any method must beat"
  static let scaleSetting = Setting.integer("scale", in: 1...100, fallback: 3, help: "largest score")
  static let seedSetting = Setting.integer("seed", in: 0...Int(UInt32.max), fallback: 0, help: "another number")
  static let settings: [any SettingDeclaration] = [scaleSetting, seedSetting]

  let id: String
  let scale: Int
  let ownSeed: Int
  let target = Target.predicted
  let layer = AttributionLayer.embeddings

  init(id: String, settings: any SettingsReader) throws {
    self.id = id
    scale = try Self.scaleSetting.value(in: settings)
    ownSeed = try Self.seedSetting.value(in: settings)
  }

  var values: [JSONMember] { [Self.scaleSetting.member(scale), Self.seedSetting.member(ownSeed)] }
  func cost(tokens: Int) -> MethodCost { MethodCost() }
  var randomSeed: UInt64? { UInt64(ownSeed) }

  func begin(_ subject: Subject) throws -> any MethodRun { Run(method: self, subject: subject) }

  private struct Run: MethodRun {
    let method: RandomScores
    let subject: Subject

    mutating func next(_ answers: [Answer]) throws -> Step {
      if answers.isEmpty { return .ask([.values(subject.input, coefficients: subject.coefficients)]) }
      let seeds = SampleSeeds(
        ids: subject.encoding.ids, typeIDs: subject.encoding.typeIDs, method: method.id, seed: UInt64(method.ownSeed))
      let scores = subject.encoding.ids.indices.map { Float(seeds[$0] >> 40) / 0x1p24 * Float(method.scale) }
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
