/// Shapley values estimated from random orders in which features are added, as Captum's `ShapleyValueSampling` (Castro,
/// Gómez and Tejada, Polynomial calculation of the Shapley value based on sampling, 2009).
///
/// The scores of every order sum to F(x) - F(x without all features).
public struct ShapleySampling: SampledOrders {
  public static let name = "shapley-sampling"
  public static let summary = "Shapley values from random orders of the features"
  public static let samplesSetting = Setting.integer("samples", in: 1...10_000, fallback: 25, help: "orders")
  public static let isReversed = false

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
