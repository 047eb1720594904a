import SalienceJSON
import SalienceModels
import SalienceTensors

/// The gradient of the output towards the attribution layer (arXiv 1312.6034), one evaluation, as Captum's `Saliency`.
public struct Saliency: RegisteredMethod {
  public static let name = "saliency"
  public static let summary = "the output's gradient, one evaluation"

  static let reductionSetting = reduction(fallback: .absolute)

  /// The key `reduction` of a method whose scores are gradients.
  static func reduction(fallback: Reduction) -> Setting<Reduction> {
    .choice(
      "reduction", fallback: fallback,
      help: "how a token's slopes become one score: the sum of their sizes, their signed sum or their length")
  }

  static let normalizeSetting = Normalization.setting(fallback: .l1)
  static let layerSetting = AttributionLayer.setting(fallback: .wordEmbeddings)
  public static let settings: [any SettingDeclaration] = [
    reductionSetting, Noise.setting, normalizeSetting, Target.setting, layerSetting, OutputKind.setting,
  ]

  /// How a token's gradient becomes one score.
  public enum Reduction: String, Sendable, CaseIterable {
    /// Σ_h |g_h|, as Captum's `Saliency` summed over the hidden dimension.
    case absolute
    /// Σ_h g_h, as Captum's with `abs=False`.
    case sum
    /// Its Euclidean norm.
    case l2

    /// What is summed.
    var ofGradients: TokenReduction { self == .absolute ? .absolute : .gradient }
  }

  public let id: String
  public let layer: AttributionLayer
  public let target: Target
  public let output: OutputKind
  public let reduction: Reduction
  public let normalization: Normalization

  public init(
    id: String = name, reduction: Reduction = .absolute, normalization: Normalization = .l1,
    target: Target = .predicted, layer: AttributionLayer = .wordEmbeddings, output: OutputKind = .logit
  ) {
    self.id = id
    self.reduction = reduction
    self.normalization = normalization
    self.target = target
    self.layer = layer
    self.output = output
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(
      id: id, reduction: try Self.reductionSetting.value(in: settings),
      normalization: try Self.normalizeSetting.value(in: settings), target: try Target.setting.value(in: settings),
      layer: try Self.layerSetting.value(in: settings), output: try OutputKind.setting.value(in: settings))
  }

  public var values: [JSONMember] {
    [
      Target.setting.member(target), Self.layerSetting.member(layer), OutputKind.setting.member(output),
      Self.normalizeSetting.member(normalization), Self.reductionSetting.member(reduction),
    ]
  }

  public func cost(tokens: Int) -> MethodCost { MethodCost(evaluations: 1) }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    GradientAtInput(
      method: id, subject: subject, normalization: normalization,
      reduction: reduction.ofGradients, takesLengths: reduction == .l2)
  }
}
