import SalienceJSON

/// What F loses without each single token (arXiv 1612.08220): `FeatureAblation` whose features are always tokens.
public struct LeaveOneOut: PerturbationMethod {
  public static let name = "leave-one-out"
  public static let summary = "what the output loses without each single token"
  public static let settings: [any SettingDeclaration] = PerturbationSettings.withoutFeatures

  public let id: String
  public let settings: PerturbationSettings

  public init(id: String = name, settings: PerturbationSettings = PerturbationSettings()) {
    self.id = id
    self.settings = settings
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(id: id, settings: try PerturbationSettings(settings, hasFeatures: false))
  }

  public var values: [JSONMember] { settings.valuesWithoutFeatures }

  public func copies(features: Int) -> Int { features }

  public func design(features: Int, seeds: SampleSeeds) -> any PerturbationDesign {
    FeatureAblation(settings: settings).design(features: features, seeds: seeds)
  }
}
