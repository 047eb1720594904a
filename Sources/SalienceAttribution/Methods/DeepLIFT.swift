import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// DeepLIFT with the rescale rule (arXiv 1704.02685), carried through every op of a model by `RescaleGradient`: how much
/// of F(x) - F(x') each token's difference from the baseline makes, from one evaluation of both.
public struct DeepLIFT: RegisteredMethod {
  public static let name = "deeplift"
  public static let summary = "the difference from a baseline, passed back through the model, one evaluation"

  static let keepSpecialSetting = IntegratedGradients.keepSpecialSetting
  static let normalizeSetting = Normalization.setting(fallback: .l2)
  static let layerSetting = AttributionLayer.setting(fallback: .embeddings)
  public static let settings: [any SettingDeclaration] = [
    Baseline.setting, keepSpecialSetting, Noise.setting, normalizeSetting, Target.setting, layerSetting,
    OutputKind.setting,
  ]

  public let id: String
  public let baseline: Baseline
  /// Whether special tokens stay as they are in the baseline.
  public let keepSpecial: Bool
  public let normalization: Normalization
  public let target: Target
  public let layer: AttributionLayer
  public let output: OutputKind

  public init(
    id: String = name, baseline: Baseline = .pad, keepSpecial: Bool = true, normalization: Normalization = .l2,
    target: Target = .predicted, layer: AttributionLayer = .embeddings, output: OutputKind = .logit
  ) {
    self.id = id
    self.baseline = baseline
    self.keepSpecial = keepSpecial
    self.normalization = normalization
    self.target = target
    self.layer = layer
    self.output = output
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(
      id: id, baseline: try Baseline.setting.value(in: settings),
      keepSpecial: try Self.keepSpecialSetting.value(in: settings),
      normalization: try Self.normalizeSetting.value(in: settings),
      target: try Target.setting.value(in: settings), layer: try Self.layerSetting.value(in: settings),
      output: try OutputKind.setting.value(in: settings))
  }

  public var values: [JSONMember] {
    [
      Target.setting.member(target), Self.layerSetting.member(layer), OutputKind.setting.member(output),
      Self.normalizeSetting.member(normalization), Baseline.setting.member(baseline),
      Self.keepSpecialSetting.member(keepSpecial),
    ]
  }

  public var rules: BackwardRules? { .rescale }

  public func cost(tokens: Int) -> MethodCost { MethodCost(evaluations: 2) }

  public func validate(tokenizer: Tokenizer) throws { _ = try baseline.tokenID(in: tokenizer) }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    let start = baseline.end(
      of: subject.encoding, output: subject.output, replacingWith: try baseline.tokenID(in: subject.tokenizer),
      keepSpecial: keepSpecial, at: layer, in: subject.architecture)
    return Run(method: self, subject: subject, baseline: start)
  }

  /// The input and the baseline, as partners; both have the same multipliers.
  private static let partners = [PathPoint(alpha: 1, weight: 1), PathPoint(alpha: 0, weight: 0)]

  private struct Run: MethodRun {
    let method: DeepLIFT
    let subject: Subject
    let baseline: PathEnd

    mutating func next(_ answers: [Answer]) throws -> Step {
      let (input, coefficients) = (subject.input, subject.coefficients)
      if answers.isEmpty {
        let request = PathRequest(
          input: input, baseline: baseline, points: DeepLIFT.partners, cotangents: coefficients)
        return .ask([.values(input, coefficients: coefficients), .path(request)])
      }
      let (ends, path) = (try answers.values(at: 0), try answers.path(at: 1))
      return .finish(
        try subject.output.targets.enumerated().map { index, target in
          try Explanation(
            method: method.id, target: target, of: subject, output: ends[index],
            baselineOutput: target.value(path.baselineOutputs), scores: path.scores[index],
            squares: path.squares[index], normalization: method.normalization, steps: 1)
        })
    }
  }
}
