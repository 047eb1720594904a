import SalienceJSON

/// Noise on the input of a method, whose attributions are averaged over samples of it.
public struct Noise: Sendable, Equatable {
  public let kind: NoiseTunnel.Kind
  /// Samples of each example.
  public let samples: Int
  /// Standard deviation, in the units of the attribution layer.
  public let deviation: Double
  /// One more number that the samples' seeds depend on, beside the example and the method's id.
  public let seed: Int

  /// Most samples of an example: their end points are in memory together.
  private static let maximumSamples = 1000

  public static let kindSetting = Setting.choice("kind", fallback: NoiseTunnel.Kind.smoothGrad, help: "the statistic")
  public static let samplesSetting = Setting.integer(
    "samples", in: 1...maximumSamples, fallback: 8, help: "noisy inputs to average over")
  public static let deviationSetting = Setting.number(
    "deviation", fallback: 0.1, help: "standard deviation, in the units of the layer")
  public static let seedSetting = Setting.integer(
    "seed", in: 0...Int(UInt32.max), fallback: 0, help: "another number, other noise")
  private static let members: [any SettingDeclaration] = [
    kindSetting, samplesSetting, deviationSetting, seedSetting,
  ]

  /// The key `noise` of a method.
  public static let setting = Setting<Noise?>(
    "noise", fallback: nil, fallbackText: "no noise", members: members,
    help: "`{kind, samples, deviation, seed}`: averages over noisy inputs",
    read: { settings, key in
      guard settings.has(key), let own = try settings.mapping(key, keys: members.map(\.key)) else { return nil }
      return try Noise(reading: own)
    },
    encode: { $0?.json ?? nil })

  public init(
    kind: NoiseTunnel.Kind = kindSetting.fallback, samples: Int = samplesSetting.fallback,
    deviation: Double = deviationSetting.fallback, seed: Int = seedSetting.fallback
  ) {
    self.kind = kind
    self.samples = samples
    self.deviation = deviation
    self.seed = seed
  }

  private init(reading settings: any SettingsReader) throws {
    kind = try Self.kindSetting.value(in: settings)
    samples = try Self.samplesSetting.value(in: settings)
    deviation = try Self.deviationSetting.value(in: settings)
    seed = try Self.seedSetting.value(in: settings)
    guard samples >= kind.minimumSamples else {
      throw settings.fault("samples", "must be at least \(kind.minimumSamples) for \(kind.rawValue)")
    }
    guard Float(deviation).isFinite else { throw settings.fault("deviation", "is too large") }
  }

  private var json: JSONValue {
    .object([
      Self.kindSetting.member(kind), Self.samplesSetting.member(samples), Self.deviationSetting.member(deviation),
      Self.seedSetting.member(seed),
    ])
  }
}
