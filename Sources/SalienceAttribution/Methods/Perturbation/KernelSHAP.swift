import SalienceJSON

/// Shapley values by weighted least squares over subsets of the features (arXiv 1705.07874).
///
/// A text of few features has every subset evaluated, and exact values. Otherwise subsets are drawn as often as the
/// kernel weights their sizes, each with its complement, which evens out most of what a single draw adds by chance
/// (Covert and Lee, arXiv 2012.01536); `pairs: false` draws them singly, as Captum's `KernelShap`. The scores sum to
/// F(x) - F(x without all features) exactly, where Captum gives these two copies a weight of 10⁶.
public struct KernelSHAP: PerturbationMethod {
  public static let name = "kernel-shap"
  public static let summary = "Shapley values from a regression over subsets of the features"
  public static let samplesSetting = Setting.integer(
    "samples", in: 2...100_000, fallback: 256,
    help: "subsets; all of them where there are no more, and the values are exact then")
  public static let seedSetting = PerturbationSettings.seedSetting
  public static let pairsSetting = Setting.bool(
    "pairs", fallback: true, help: "each subset is followed by its complement")
  public static let settings: [any SettingDeclaration] =
    [samplesSetting, seedSetting, pairsSetting] + PerturbationSettings.declarations

  public let id: String
  public let samples: Int
  public let seed: Int
  public let pairs: Bool
  public let settings: PerturbationSettings

  public init(
    id: String = name, samples: Int = samplesSetting.fallback, seed: Int = seedSetting.fallback,
    pairs: Bool = pairsSetting.fallback, settings: PerturbationSettings = PerturbationSettings()
  ) {
    self.id = id
    self.samples = samples
    self.seed = seed
    self.pairs = pairs
    self.settings = settings
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(
      id: id, samples: try Self.samplesSetting.value(in: settings), seed: try Self.seedSetting.value(in: settings),
      pairs: try Self.pairsSetting.value(in: settings), settings: try PerturbationSettings(settings))
  }

  public var values: [JSONMember] {
    settings.values + [
      Self.samplesSetting.member(samples), Self.seedSetting.member(seed), Self.pairsSetting.member(pairs),
    ]
  }

  public var randomSeed: UInt64? { UInt64(seed) }

  /// Subsets of some, but not all, features; nil where they are more than can be evaluated.
  private func subsets(of features: Int) -> Int? {
    guard features < 20, 1 << features - 2 <= samples else { return nil }
    return 1 << features - 2
  }

  public func copies(features: Int) -> Int { 1 + (subsets(of: features) ?? samples) }

  public func design(features: Int, seeds: SampleSeeds) -> any PerturbationDesign {
    if let count = subsets(of: features) {
      let flags = (0..<count).map { subset in (0..<features).map { (subset + 1) >> $0 & 1 == 1 } }
      return KernelDesign(features: features, flags: flags, isExhaustive: true)
    }
    var numbers = SeededNumbers(seeds)
    var flags: [[Bool]] = []
    let weights = (1..<features).map { KernelDesign.sizeWeight($0, of: features) }
    while flags.count < samples {
      var left = numbers.uniform() * weights.reduce(0, +)
      let size =
        1
        + (weights.firstIndex { (weight) in
          left -= weight
          return left < 0
        } ?? weights.count - 1)
      var subset = [Bool](repeating: false, count: features)
      for feature in numbers.permutation(features).prefix(size) { subset[feature] = true }
      flags.append(subset)
      if pairs, flags.count < samples { flags.append(subset.map { !$0 }) }
    }
    return KernelDesign(features: features, flags: flags, isExhaustive: false)
  }
}
