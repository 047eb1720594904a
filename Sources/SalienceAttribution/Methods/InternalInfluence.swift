import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// Internal influence (arXiv 1802.03788), as Captum's `InternalInfluence`: the mean gradient towards a layer while the
/// embeddings go from a baseline to the input.
public struct InternalInfluence: RegisteredMethod {
  public static let name = "internal-influence"
  public static let summary = "the mean gradient towards a layer along the path of the embeddings"

  static let normalizeSetting = Normalization.setting(fallback: .l2)
  static let layerSetting = AttributionLayer.setting(fallback: .encoder(0))
  static let reductionSetting = Saliency.reduction(fallback: .sum)
  public static let settings: [any SettingDeclaration] = [
    IntegratedGradients.stepsSetting, IntegratedGradients.quadratureSetting, Baseline.setting,
    IntegratedGradients.keepSpecialSetting, reductionSetting, normalizeSetting, Target.setting, layerSetting,
    OutputKind.setting,
  ]

  public let id: String
  public let layer: AttributionLayer
  public let target: Target
  public let output: OutputKind
  public let normalization: Normalization
  public let reduction: Saliency.Reduction
  public let steps: Int
  public let quadrature: Quadrature
  public let baseline: Baseline
  /// Whether special tokens stay as they are in the baseline.
  public let keepSpecial: Bool
  private let points: [PathPoint]

  /// - Throws: `AttributionError` with code `usage` where the rule does not have so few points.
  public init(
    id: String = name, steps: Int = IntegratedGradients.stepsSetting.fallback,
    quadrature: Quadrature = IntegratedGradients.quadratureSetting.fallback, baseline: Baseline = .pad,
    keepSpecial: Bool = true, reduction: Saliency.Reduction = .sum, normalization: Normalization = .l2,
    target: Target = .predicted, layer: AttributionLayer = .encoder(0), output: OutputKind = .logit
  ) throws {
    points = try quadrature.points(steps: steps)
    self.id = id
    self.steps = steps
    self.quadrature = quadrature
    self.baseline = baseline
    self.keepSpecial = keepSpecial
    self.reduction = reduction
    self.normalization = normalization
    self.target = target
    self.layer = layer
    self.output = output
  }

  public init(id: String, settings: any SettingsReader) throws {
    let (steps, quadrature) = try IntegratedGradients.fixedRule(settings)
    try self.init(
      id: id, steps: steps, quadrature: quadrature, baseline: try Baseline.setting.value(in: settings),
      keepSpecial: try IntegratedGradients.keepSpecialSetting.value(in: settings),
      reduction: try Self.reductionSetting.value(in: settings),
      normalization: try Self.normalizeSetting.value(in: settings), target: try Target.setting.value(in: settings),
      layer: try Self.layerSetting.value(in: settings), output: try OutputKind.setting.value(in: settings))
  }

  public var values: [JSONMember] {
    [
      Target.setting.member(target), Self.layerSetting.member(layer), OutputKind.setting.member(output),
      Self.normalizeSetting.member(normalization), IntegratedGradients.stepsSetting.member(steps),
      IntegratedGradients.quadratureSetting.member(quadrature), Baseline.setting.member(baseline),
      IntegratedGradients.keepSpecialSetting.member(keepSpecial), Self.reductionSetting.member(reduction),
    ]
  }

  /// The word embeddings where those are asked for, and the embedding block's output for every later layer.
  public var pathLayer: AttributionLayer { layer == .wordEmbeddings ? .wordEmbeddings : .embeddings }

  public func cost(tokens: Int) -> MethodCost { MethodCost(evaluations: steps) }

  public func validate(tokenizer: Tokenizer) throws { _ = try baseline.tokenID(in: tokenizer) }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    let start = baseline.end(
      of: subject.encoding, output: subject.output, replacingWith: try baseline.tokenID(in: subject.tokenizer),
      keepSpecial: keepSpecial, at: pathLayer, in: subject.architecture)
    return Run(method: self, subject: subject, baseline: start)
  }

  private struct Run: MethodRun {
    let method: InternalInfluence
    let subject: Subject
    let baseline: PathEnd

    mutating func next(_ answers: [Answer]) throws -> Step {
      if answers.isEmpty {
        let (input, coefficients) = (subject.input, subject.coefficients)
        let request = PathRequest(
          input: input, baseline: baseline, points: method.points, cotangents: coefficients,
          readsBaselineOutputs: false, reduction: method.reduction.ofGradients)
        return .ask([.values(input, coefficients: coefficients), .path(request)])
      }
      let (outputs, path) = (try answers.values(at: 0), try answers.path(at: 1))
      return .finish(
        try subject.output.targets.enumerated().map { index, target in
          try Explanation(
            method: method.id, target: target, of: subject, output: outputs[index],
            scores: method.reduction == .l2 ? path.squares[index].map { $0.squareRoot() } : path.scores[index],
            squares: path.squares[index], normalization: method.normalization, steps: path.pointCount)
        })
    }
  }
}
