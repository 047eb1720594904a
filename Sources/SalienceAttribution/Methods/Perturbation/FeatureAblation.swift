import SalienceJSON

/// What F loses when one feature is taken out, as Captum's `FeatureAblation` with the features as its mask.
public struct FeatureAblation: PerturbationMethod {
  public static let name = "feature-ablation"
  public static let summary = "what the output loses without a token, word or sentence"
  public static let settings: [any SettingDeclaration] = PerturbationSettings.declarations

  public let id: String
  public let settings: PerturbationSettings

  public init(id: String = name, settings: PerturbationSettings = PerturbationSettings()) {
    self.id = id
    self.settings = settings
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(id: id, settings: try PerturbationSettings(settings))
  }

  public var values: [JSONMember] { settings.values }

  public func copies(features: Int) -> Int { features }

  public func design(features: Int, seeds: SampleSeeds) -> any PerturbationDesign {
    AblationDesign(features: features, groups: (0..<features).map { $0..<$0 + 1 })
  }
}
