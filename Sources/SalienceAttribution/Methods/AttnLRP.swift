import SalienceJSON
import SalienceModels
import SalienceTensors

/// Attention-aware layer-wise relevance propagation (arXiv 2402.05602) in its efficient form: the input times a gradient
/// that passes the model's ops by the rules of `AttnLRPGradient`, one evaluation.
public struct AttnLRP: RegisteredMethod {
  public static let name = "attnlrp"
  public static let summary = "relevance that is passed back through the model, one evaluation"

  static let normalizeSetting = Normalization.setting(fallback: .l2)
  static let layerSetting = AttributionLayer.setting(fallback: .wordEmbeddings)
  public static let settings: [any SettingDeclaration] = [
    Noise.setting, normalizeSetting, Target.setting, layerSetting,
  ]

  public let id: String
  public let layer: AttributionLayer
  public let target: Target
  public let normalization: Normalization

  public init(
    id: String = name, normalization: Normalization = .l2, target: Target = .predicted,
    layer: AttributionLayer = .wordEmbeddings
  ) {
    self.id = id
    self.normalization = normalization
    self.target = target
    self.layer = layer
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(
      id: id, normalization: try Self.normalizeSetting.value(in: settings),
      target: try Target.setting.value(in: settings), layer: try Self.layerSetting.value(in: settings))
  }

  public var values: [JSONMember] {
    [
      Target.setting.member(target), Self.layerSetting.member(layer), Self.normalizeSetting.member(normalization),
    ]
  }

  public var rules: BackwardRules? { .attnLRP }

  public func cost(tokens: Int) -> MethodCost { MethodCost(evaluations: 1) }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    GradientAtInput(
      method: id, subject: subject, normalization: normalization, reduction: .product, takesLengths: false,
      explainsOutput: true)
  }
}
