import SalienceJSON

/// Shapley values estimated from random orders in which features are added, as Captum's `ShapleyValueSampling` (Castro,
/// Gómez and Tejada, Polynomial calculation of the Shapley value based on sampling, 2009).
///
/// The scores of every order sum to F(x) - F(x without all features).
public struct ShapleySampling: PerturbationMethod {
  public static let name = "shapley-sampling"
  public static let summary = "Shapley values from random orders of the features"
  public static let samplesSetting = Setting.integer("samples", in: 1...10_000, fallback: 25, help: "orders")
  public static let seedSetting = PerturbationSettings.seedSetting
  public static let settings: [any SettingDeclaration] =
    [samplesSetting, seedSetting] + PerturbationSettings.declarations

  public let id: String
  public let samples: Int
  public let seed: Int
  public let settings: PerturbationSettings

  public init(
    id: String = name, samples: Int = samplesSetting.fallback, seed: Int = seedSetting.fallback,
    settings: PerturbationSettings = PerturbationSettings()
  ) {
    self.id = id
    self.samples = samples
    self.seed = seed
    self.settings = settings
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(
      id: id, samples: try Self.samplesSetting.value(in: settings), seed: try Self.seedSetting.value(in: settings),
      settings: try PerturbationSettings(settings))
  }

  public var values: [JSONMember] {
    settings.values + [Self.samplesSetting.member(samples), Self.seedSetting.member(seed)]
  }

  public var randomSeed: UInt64? { UInt64(seed) }

  public func copies(features: Int) -> Int { 1 + samples * (features - 1) }

  public func design(features: Int, seeds: SampleSeeds) -> any PerturbationDesign {
    var numbers = SeededNumbers(seeds)
    return PermutationDesign(features: features, orders: (0..<samples).map { _ in numbers.permutation(features) })
  }
}
