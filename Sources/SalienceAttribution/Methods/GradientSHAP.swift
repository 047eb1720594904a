import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// Expected gradients with noise on the input, as Captum's `GradientShap` (arXiv 1705.07874, 1906.10670).
public struct GradientSHAP: RegisteredMethod {
  public static let name = "gradient-shap"
  public static let summary = "expected gradients with noise on the input, as Captum's GradientShap"

  static let deviationSetting = Setting.optionalNumber(
    "deviation", fallbackText: "no noise",
    help: "standard deviation of the noise on the input of each sample, in the units of the layer")
  public static let settings: [any SettingDeclaration] =
    BaselineSamples.settings + [
      deviationSetting, ExpectedGradients.normalizeSetting, Target.setting, ExpectedGradients.layerSetting,
      OutputKind.setting,
    ]

  public let id: String
  public let layer: AttributionLayer
  public let target: Target
  public let output: OutputKind
  public let normalization: Normalization
  public private(set) var samples: BaselineSamples
  /// Of the noise, in the units of the attribution layer; nil for none.
  public let deviation: Double?

  /// - Throws: `AttributionError` with code `usage` for a deviation that is not above 0.
  public init(
    id: String = name, samples: BaselineSamples = BaselineSamples(), deviation: Double? = nil,
    normalization: Normalization = .l2, target: Target = .predicted, layer: AttributionLayer = .embeddings,
    output: OutputKind = .logit
  ) throws {
    if let deviation, !(deviation > 0 && Float(deviation).isFinite) {
      throw AttributionError(.usage, "the deviation of noise must be a number above 0, not \(deviation)")
    }
    self.id = id
    self.samples = samples
    self.deviation = deviation
    self.normalization = normalization
    self.target = target
    self.layer = layer
    self.output = output
  }

  public init(id: String, settings: any SettingsReader) throws {
    let deviation = try Self.deviationSetting.value(in: settings)
    if let deviation, !Float(deviation).isFinite { throw settings.fault(Self.deviationSetting.key, "is too large") }
    try self.init(
      id: id, samples: try BaselineSamples(settings), deviation: deviation,
      normalization: try ExpectedGradients.normalizeSetting.value(in: settings),
      target: try Target.setting.value(in: settings), layer: try ExpectedGradients.layerSetting.value(in: settings),
      output: try OutputKind.setting.value(in: settings))
  }

  public var values: [JSONMember] {
    [
      Target.setting.member(target), ExpectedGradients.layerSetting.member(layer), OutputKind.setting.member(output),
      ExpectedGradients.normalizeSetting.member(normalization), Self.deviationSetting.member(deviation),
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
    try SampledBaselines(
      method: id, samples: samples, deviation: deviation, layer: layer, normalization: normalization, subject: subject)
  }
}
