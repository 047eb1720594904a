import SalienceJSON
import SalienceModels
import SalienceTokenizers

/// The settings that all perturbation methods have.
public struct PerturbationSettings: Sendable, Equatable {
  public var features: FeatureUnit
  /// nil for the usual one of a tokenizer.
  public var replacement: Replacement?
  /// Whether special tokens are no features.
  public var keepSpecial: Bool
  public var normalization: Normalization
  public var target: Target
  public var output: OutputKind

  static let normalizeSetting = Normalization.setting(fallback: .l2)
  static let keepSpecialSetting = Setting.bool(
    "keep_special", fallback: true, help: "`false`: special tokens are features too")
  /// The key `seed` of those that draw random numbers.
  public static let seedSetting = Setting.integer(
    "seed", in: 0...Int(UInt32.max), fallback: 0, help: "another number, other samples")
  static let withoutFeatures: [any SettingDeclaration] = [
    Replacement.setting, keepSpecialSetting, normalizeSetting, Target.setting, OutputKind.setting,
  ]
  static let declarations = [FeatureUnit.setting] + withoutFeatures

  public init(
    features: FeatureUnit = .tokens, replacement: Replacement? = nil, keepSpecial: Bool = true,
    normalization: Normalization = .l2, target: Target = .predicted, output: OutputKind = .logit
  ) {
    self.features = features
    self.replacement = replacement
    self.keepSpecial = keepSpecial
    self.normalization = normalization
    self.target = target
    self.output = output
  }

  /// - Parameter hasFeatures: false for a method whose features are always tokens.
  init(_ settings: any SettingsReader, hasFeatures: Bool = true) throws {
    self.init(
      features: hasFeatures ? try FeatureUnit.setting.value(in: settings) : .tokens,
      replacement: try Replacement.setting.value(in: settings),
      keepSpecial: try Self.keepSpecialSetting.value(in: settings),
      normalization: try Self.normalizeSetting.value(in: settings), target: try Target.setting.value(in: settings),
      output: try OutputKind.setting.value(in: settings))
  }

  var values: [JSONMember] { [FeatureUnit.setting.member(features)] + valuesWithoutFeatures }

  var valuesWithoutFeatures: [JSONMember] {
    [
      Target.setting.member(target), OutputKind.setting.member(output), Self.normalizeSetting.member(normalization),
      Replacement.setting.member(replacement), Self.keepSpecialSetting.member(keepSpecial),
    ]
  }

  func replacement(for tokenizer: Tokenizer) -> Replacement { replacement ?? .usual(for: tokenizer) }
}
