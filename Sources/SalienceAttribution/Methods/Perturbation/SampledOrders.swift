import SalienceJSON

/// A method that adds the features one by one, in `samples` random orders.
public protocol SampledOrders: PerturbationMethod {
  static var samplesSetting: Setting<Int> { get }
  /// Whether each order is followed by its reverse.
  static var isReversed: Bool { get }
  var samples: Int { get }
  var seed: Int { get }

  init(id: String, samples: Int, seed: Int, settings: PerturbationSettings)
}

extension SampledOrders {
  public static var seedSetting: Setting<Int> { PerturbationSettings.seedSetting }
  public static var settings: [any SettingDeclaration] {
    [samplesSetting, seedSetting] + PerturbationSettings.declarations
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

  private var orders: Int { Self.isReversed ? 2 * samples : samples }

  public func copies(features: Int) -> Int { 1 + orders * (features - 1) }

  public func design(features: Int, seeds: SampleSeeds) -> any PerturbationDesign {
    var numbers = SeededNumbers(seeds)
    let orders = (0..<samples).flatMap { _ in
      let order = numbers.permutation(features)
      return Self.isReversed ? [order, Array(order.reversed())] : [order]
    }
    return PermutationDesign(features: features, orders: orders)
  }
}
