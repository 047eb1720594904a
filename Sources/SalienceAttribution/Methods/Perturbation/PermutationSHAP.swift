import SalienceJSON

/// Shapley values estimated from random orders, each followed by its reverse, as SHAP's `PermutationExplainer`: with the
/// reverse, what two features do together is shared out exactly in every pair of orders.
public struct PermutationSHAP: PerturbationMethod {
  public static let name = "permutation-shap"
  public static let summary = "Shapley values from random orders, each taken forwards and backwards"
  public static let samplesSetting = Setting.integer(
    "samples", in: 1...10_000, fallback: 10, help: "orders, each taken forwards and backwards")
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

  public func copies(features: Int) -> Int { 1 + 2 * samples * (features - 1) }

  public func design(features: Int, seeds: SampleSeeds) -> any PerturbationDesign {
    var numbers = SeededNumbers(seeds)
    let orders = (0..<samples).flatMap { _ in
      let order = numbers.permutation(features)
      return [order, order.reversed()]
    }
    return PermutationDesign(features: features, orders: orders)
  }
}
