import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// A random score per token, what any method must beat: no evaluation beside the output itself.
///
/// Scores are uniform in -1..<1 and 0 for special tokens. They follow from the text's tokens, the method's id and the
/// seed alone.
public struct RandomAttribution: RegisteredMethod {
  public static let name = "random"
  public static let summary = "a random score per token, what any method must beat"

  static let seedSetting = Setting.integer(
    "seed", in: 0...Int(UInt32.max), fallback: 0, help: "another number, other scores")
  static let normalizeSetting = Normalization.setting(fallback: .l2)
  public static let settings: [any SettingDeclaration] = [
    seedSetting, normalizeSetting, Target.setting, OutputKind.setting,
  ]

  public let id: String
  public let layer = AttributionLayer.embeddings
  public let target: Target
  public let output: OutputKind
  public let normalization: Normalization
  public let seed: UInt64

  public init(
    id: String = name, seed: UInt64 = 0, normalization: Normalization = .l2, target: Target = .predicted,
    output: OutputKind = .logit
  ) {
    self.id = id
    self.seed = seed
    self.normalization = normalization
    self.target = target
    self.output = output
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(
      id: id, seed: UInt64(try Self.seedSetting.value(in: settings)),
      normalization: try Self.normalizeSetting.value(in: settings), target: try Target.setting.value(in: settings),
      output: try OutputKind.setting.value(in: settings))
  }

  public var values: [JSONMember] {
    [
      Target.setting.member(target), OutputKind.setting.member(output), Self.normalizeSetting.member(normalization),
      Self.seedSetting.member(Int(clamping: seed)),
    ]
  }

  public var rules: BackwardRules? { nil }
  public var explainsContinuations: Bool { true }
  public var randomSeed: UInt64? { seed }
  public func cost(tokens: Int) -> MethodCost { MethodCost() }

  public func begin(_ subject: Subject) throws -> any MethodRun { Run(method: self, subject: subject) }

  private struct Run: MethodRun {
    let method: RandomAttribution
    let subject: Subject

    mutating func next(_ answers: [Answer]) throws -> Step {
      let question = OutputQuestion(at: subject.input, of: subject)
      if answers.isEmpty { return .ask(question.asks) }
      let outputs = try question.values(of: answers[...])
      let scores = method.scores(of: subject)
      return .finish(
        try zip(subject.output.targets, outputs).map { target, output in
          try Explanation(
            method: method.id, target: target, of: subject, output: output, scores: scores,
            squares: scores.map { $0 * $0 }, normalization: method.normalization, steps: 0)
        })
    }
  }

  /// One score per token that the model reads.
  private func scores(of subject: Subject) -> [Double] {
    let encoding = subject.encoding
    let seeds = SampleSeeds(ids: encoding.ids, typeIDs: encoding.typeIDs, method: id, seed: seed)
    return encoding.special.prefix(subject.input.sequence.count).enumerated().map { token, isSpecial in
      // 24 bits, as many as a Float holds: the tables show the score itself.
      isSpecial ? 0 : Double(seeds[token] >> 40) * 0x1p-23 - 1
    }
  }
}
