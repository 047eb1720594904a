import SalienceJSON
import SalienceModels

/// Gradient of the output times the value at any layer, as Captum's `LayerGradientXActivation`, one evaluation.
public struct LayerGradientTimesActivation: RegisteredMethod {
  public static let name = "layer-gradient-x-activation"
  public static let summary = "the output's gradient times a layer's value, one evaluation"

  public typealias Reduction = GradientTimesInput.Reduction

  static let reductionSetting = Setting.choice(
    "reduction", fallback: Reduction.sum, help: "how a token's products become one score: their sum or their length")
  static let normalizeSetting = Normalization.setting(fallback: .l2)
  static let layerSetting = AttributionLayer.setting(fallback: .embeddings)
  public static let settings: [any SettingDeclaration] = [
    reductionSetting, Noise.setting, normalizeSetting, Target.setting, layerSetting, OutputKind.setting,
  ]

  public let id: String
  public let layer: AttributionLayer
  public let target: Target
  public let output: OutputKind
  public let reduction: Reduction
  public let normalization: Normalization

  public init(
    id: String = name, reduction: Reduction = .sum, normalization: Normalization = .l2, target: Target = .predicted,
    layer: AttributionLayer = .embeddings, output: OutputKind = .logit
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
