import SalienceJSON
import SalienceModels

/// Gradient of the output times the input's own value at the attribution layer (arXiv 1312.6034, 1605.01713), one
/// evaluation.
public struct GradientTimesInput: RegisteredMethod {
  public static let name = "gradient-x-input"
  public static let summary = "the output's gradient times the input, one evaluation"

  static let reductionSetting = Setting.choice(
    "reduction", fallback: Reduction.l2, help: "how a token's products become one score: their length or their sum")
  static let normalizeSetting = Normalization.setting(fallback: .l1)
  static let layerSetting = AttributionLayer.setting(fallback: .wordEmbeddings)
  public static let settings: [any SettingDeclaration] = [
    reductionSetting, Noise.setting, normalizeSetting, Target.setting, layerSetting, OutputKind.setting,
  ]

  public let id: String
  public let layer: AttributionLayer
  public let target: Target
  public let output: OutputKind
  public let reduction: Reduction
  public let normalization: Normalization

  /// How a token's product becomes one score.
  public enum Reduction: String, Sendable, CaseIterable {
    /// Its Euclidean norm, as Ecco's saliency of generated tokens (`saliency` on logits in its first version, on
    /// probabilities since 0.1).
    case l2
    /// The signed sum, as Captum's `InputXGradient` summed over the hidden dimension.
    case sum
  }

  public init(
    id: String = name, reduction: Reduction = .l2, normalization: Normalization = .l1,
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
      method: id, subject: subject, normalization: normalization, reduction: .product, takesLengths: reduction == .l2)
  }
}
