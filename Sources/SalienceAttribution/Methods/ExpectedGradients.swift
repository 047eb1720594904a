import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// Expected gradients (arXiv 1906.10670): the gradient at random points of the paths from random baselines, times what
/// separates the input from them, in the mean.
public struct ExpectedGradients: RegisteredMethod {
  public static let name = "expected-gradients"
  public static let summary = "the mean gradient at random points of the paths from random baselines"

  public static let settings: [any SettingDeclaration] =
    BaselineSamples.settings + [
      normalizeSetting, Target.setting, layerSetting, OutputKind.setting,
    ]
  static let normalizeSetting = Normalization.setting(fallback: .l2)
  static let layerSetting = AttributionLayer.setting(fallback: .embeddings)

  public let id: String
  public let layer: AttributionLayer
  public let target: Target
  public let output: OutputKind
  public let normalization: Normalization
  public private(set) var samples: BaselineSamples

  public init(
    id: String = name, samples: BaselineSamples = BaselineSamples(), normalization: Normalization = .l2,
    target: Target = .predicted, layer: AttributionLayer = .embeddings, output: OutputKind = .logit
  ) {
    self.id = id
    self.samples = samples
    self.normalization = normalization
    self.target = target
    self.layer = layer
    self.output = output
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(
      id: id, samples: try BaselineSamples(settings), normalization: try Self.normalizeSetting.value(in: settings),
      target: try Target.setting.value(in: settings), layer: try Self.layerSetting.value(in: settings),
      output: try OutputKind.setting.value(in: settings))
  }

  public var values: [JSONMember] {
    [
      Target.setting.member(target), Self.layerSetting.member(layer), OutputKind.setting.member(output),
      Self.normalizeSetting.member(normalization),
    ] + samples.values
  }

  public var randomSeed: UInt64? { UInt64(samples.seed) }

  public func cost(tokens: Int) -> MethodCost { samples.cost }

  public var drawnTexts: TextSample? { TextSample(samples) }

  public func comparing(with texts: [String]) -> any AttributionMethod {
    var method = self
    method.samples.texts = texts
    return method
  }

  public func validate(tokenizer: Tokenizer) throws { try samples.validate(tokenizer: tokenizer) }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    try SampledBaselines(method: id, samples: samples, layer: layer, normalization: normalization, subject: subject)
  }
}
