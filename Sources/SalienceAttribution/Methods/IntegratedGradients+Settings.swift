import SalienceJSON
import SalienceModels

extension IntegratedGradients {
  /// Most points of a path that a user may ask for.
  private static let mostSteps = 100_000

  public static let stepsSetting = Setting.integer(
    "steps", in: 1...mostSteps, fallback: 50, help: "points on the path from baseline to input")
  public static let quadratureSetting = Setting.choice(
    "quadrature", fallback: Quadrature.gaussLegendre, help: "their rule")
  static let toleranceSetting = Setting.optionalNumber(
    "tolerance", fallbackText: "a fixed rule",
    help: "instead of `steps` and `quadrature`: for each text, as few points as keep the convergence delta under this "
      + "share of F(x) - F(x'), with settled scores")
  static let maxStepsSetting = Setting.integer(
    "max_steps", in: AdaptiveQuadrature.minimumSteps...mostSteps, fallback: AdaptiveQuadrature.defaultMaxSteps,
    help: "the most points for a text with a `tolerance`")
  static let keepSpecialSetting = Setting.bool(
    "keep_special", fallback: true,
    help: "`false`: [CLS], [SEP] and other special tokens are replaced by the baseline too")
  static let reductionSetting = Setting.choice(
    "reduction", fallback: Reduction.sum, help: "how a token's products become one score: their sum or their length")
  static let normalizeSetting = Normalization.setting(fallback: .l2)
  static let layerSetting = AttributionLayer.setting(fallback: .embeddings)

  public static let settings: [any SettingDeclaration] = [
    stepsSetting, quadratureSetting, toleranceSetting, maxStepsSetting, Baseline.setting, keepSpecialSetting,
    reductionSetting, Noise.setting, normalizeSetting, Target.setting, layerSetting, OutputKind.setting,
  ]

  public init(id: String, settings: any SettingsReader) throws {
    let reduction = try Self.reductionSetting.value(in: settings)
    if reduction == .l2, settings.has(Noise.setting.key) {
      throw settings.fault(Self.reductionSetting.key, "must be sum beside 'noise'")
    }
    self.init(
      id: id, rule: try Self.rule(settings), baseline: try Baseline.setting.value(in: settings),
      keepSpecial: try Self.keepSpecialSetting.value(in: settings), reduction: reduction,
      normalization: try Self.normalizeSetting.value(in: settings), target: try Target.setting.value(in: settings),
      layer: try Self.layerSetting.value(in: settings), output: try OutputKind.setting.value(in: settings))
  }

  /// Steps and quadrature of a method whose points are the same for every example.
  static func fixedRule(_ settings: any SettingsReader) throws -> (steps: Int, quadrature: Quadrature) {
    let quadrature = try quadratureSetting.value(in: settings)
    let steps = try stepsSetting.value(in: settings)
    guard steps >= quadrature.minimumSteps else {
      throw settings.fault(
        stepsSetting.key, "must be at least \(quadrature.minimumSteps) for \(quadrature.rawValue)")
    }
    return (steps, quadrature)
  }

  private static func rule(_ settings: any SettingsReader) throws -> Rule {
    let steps = try stepsSetting.written(in: settings)
    let quadrature = try quadratureSetting.value(in: settings)
    let tolerance = try toleranceSetting.value(in: settings)
    let maxSteps = try maxStepsSetting.written(in: settings)
    if tolerance != nil || maxSteps != nil {
      let key = tolerance != nil ? toleranceSetting.key : maxStepsSetting.key
      if steps != nil || settings.has(quadratureSetting.key) {
        throw settings.fault(key, "cannot stand beside 'steps' or 'quadrature'")
      }
      guard let tolerance else {
        throw settings.fault(key, "limits what a 'tolerance' takes; give that, or 'steps' instead")
      }
      return .adaptive(
        try AdaptiveQuadrature(tolerance: tolerance, maxSteps: maxSteps ?? maxStepsSetting.fallback))
    }
    if let steps, steps < quadrature.minimumSteps {
      throw settings.fault("steps", "must be at least \(quadrature.minimumSteps) with this quadrature")
    }
    return .fixed(steps: steps ?? stepsSetting.fallback, quadrature: quadrature)
  }

  public var values: [JSONMember] {
    let points: [JSONMember] =
      switch rule {
      case .fixed(let steps, let quadrature):
        [Self.stepsSetting.member(steps), Self.quadratureSetting.member(quadrature)]
      case .points(let points): [Self.stepsSetting.member(points.count)]
      case .adaptive(let quadrature):
        [Self.toleranceSetting.member(quadrature.tolerance), Self.maxStepsSetting.member(quadrature.maxSteps)]
      }
    return [
      Target.setting.member(target), Self.layerSetting.member(layer), OutputKind.setting.member(output),
      Self.normalizeSetting.member(normalization),
    ] + points + [
      Baseline.setting.member(baseline), Self.keepSpecialSetting.member(keepSpecial),
      Self.reductionSetting.member(reduction),
    ]
  }

  public func cost(tokens: Int) -> MethodCost {
    switch rule {
    case .fixed(let steps, _): return MethodCost(evaluations: steps)
    case .points(let points): return MethodCost(evaluations: points.count)
    case .adaptive(let quadrature):
      let usual = min(quadrature.maxSteps, AdaptiveQuadrature.expectedSteps(tolerance: quadrature.tolerance))
      return MethodCost(
        evaluations: usual, evaluationsPerRound: AdaptiveQuadrature.minimumSteps, heldGradients: usual)
    }
  }
}
