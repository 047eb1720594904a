import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// Random points of the paths from random baselines to an input: how many, from where, and by which seed.
public struct BaselineSamples: Sendable, Equatable {
  public let count: Int
  public let seed: Int
  /// One or more, each drawn as often as any other.
  public let baselines: [Baseline]
  /// Whether special tokens stay as they are in the baselines.
  public let keepSpecial: Bool

  /// Most samples of an example: their end points are in memory together.
  private static let most = 1000

  public static let countSetting = Setting.integer(
    "samples", in: 1...most, fallback: 25, help: "random points, each on the path from a random baseline")
  public static let seedSetting = Setting.integer(
    "seed", in: 0...Int(UInt32.max), fallback: 0, help: "another number, other points and baselines")
  static let keepSpecialSetting = IntegratedGradients.keepSpecialSetting
  static let baselinesSetting = Setting<[Baseline]>(
    "baselines", fallback: [.pad], fallbackText: "[pad]",
    help: "a list, one of which is drawn for each sample: `pad`, `mask`, `unk`, `zero` or a token of the vocabulary",
    read: { settings, key in
      guard let scalars = try settings.scalars(key) else { return nil }
      guard !scalars.isEmpty else { throw settings.fault(key, "must name a baseline at least") }
      return scalars.map { Baseline($0.text) }
    },
    encode: { .array($0.map { .string($0.text) }) })

  public init(
    count: Int = countSetting.fallback, seed: Int = seedSetting.fallback, baselines: [Baseline] = [.pad],
    keepSpecial: Bool = true
  ) {
    self.count = count
    self.seed = seed
    self.baselines = baselines
    self.keepSpecial = keepSpecial
  }

  init(_ settings: any SettingsReader) throws {
    self.init(
      count: try Self.countSetting.value(in: settings), seed: try Self.seedSetting.value(in: settings),
      baselines: try Self.baselinesSetting.value(in: settings),
      keepSpecial: try Self.keepSpecialSetting.value(in: settings))
  }

  var values: [JSONMember] {
    [
      Self.countSetting.member(count), Self.seedSetting.member(seed), Self.baselinesSetting.member(baselines),
      Self.keepSpecialSetting.member(keepSpecial),
    ]
  }

  var cost: MethodCost { MethodCost(evaluations: count, paths: count, values: baselines.count) }

  func validate(tokenizer: Tokenizer) throws {
    for baseline in baselines { _ = try baseline.tokenID(in: tokenizer) }
  }

  /// What is drawn for one sample.
  struct Draw: Equatable {
    /// Index of the baseline.
    let baseline: Int
    /// α in 0..<1.
    let alpha: Double
    /// Of the noise.
    let seed: UInt64
  }

  /// The draws of an example, by its content and the method's id.
  ///
  /// Of n samples, sample s has the α of seed s, as the upper 53 bits of it, the baseline of seed n + s, as its remainder,
  /// and the noise of seed 2n + s.
  func draws(ids: [Int32], typeIDs: [Int32], method: String) -> [Draw] {
    let seeds = SampleSeeds(ids: ids, typeIDs: typeIDs, method: method, seed: UInt64(seed))
    return (0..<count).map { sample in
      Draw(
        baseline: Int(seeds[count + sample] % UInt64(baselines.count)), alpha: Double(seeds[sample] >> 11) / 0x1p53,
        seed: seeds[2 * count + sample])
    }
  }
}
