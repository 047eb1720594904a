/// Shapley values estimated from random orders, each followed by its reverse, as SHAP's `PermutationExplainer`: with the
/// reverse, what two features do together is shared out exactly in every pair of orders.
public struct PermutationSHAP: SampledOrders {
  public static let name = "permutation-shap"
  public static let summary = "Shapley values from random orders, each taken forwards and backwards"
  public static let samplesSetting = Setting.integer(
    "samples", in: 1...10_000, fallback: 10, help: "orders, each taken forwards and backwards")
  public static let isReversed = true

  public let id: String
  public let samples: Int
  public let seed: Int
  public let settings: PerturbationSettings

  public init(
    id: String = name, samples: Int = samplesSetting.fallback, seed: Int = PerturbationSettings.seedSetting.fallback,
    settings: PerturbationSettings = PerturbationSettings()
  ) {
    self.id = id
    self.samples = samples
    self.seed = seed
    self.settings = settings
  }
}
