import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// Random points of the paths from random baselines to an input: how many, from where, and by which seed.
///
/// Each baseline is drawn as often as any other.
public struct BaselineSamples: Sendable, Equatable {
  public let count: Int
  public let seed: Int
  /// One or more; where there are texts, these take their place.
  public let baselines: [Baseline]
  /// How many texts of the dataset are the baselines instead; nil for none.
  public let textCount: Int?
  /// Those texts, once the dataset is known.
  public var texts: [String] = []
  /// Whether special tokens stay as they are in the baselines.
  public let keepSpecial: Bool

  /// Most samples of an example: their end points are in memory together.
  private static let most = 1000

  public static let countSetting = Setting.integer(
    "samples", in: 1...most, fallback: 25, help: "random points, each on the path from a random baseline")
  public static let seedSetting = Setting.integer(
    "seed", in: 0...Int(UInt32.max), fallback: 0, help: "another number, other points and baselines")
  static let keepSpecialSetting = IntegratedGradients.keepSpecialSetting
  static let textsSetting = Setting<Int?>(
    "baseline_texts", fallback: nil, fallbackText: "none",
    help: "so many texts of the dataset are the baselines instead of `baselines`, drawn by the seed and their content",
    read: { try $0.integer($1, in: 1...most).map(Optional.some) }, encode: { $0.map(JSONValue.integer) ?? nil })
  /// The keys of a method that takes these samples.
  static let settings: [any SettingDeclaration] = [
    countSetting, seedSetting, baselinesSetting, textsSetting, keepSpecialSetting,
  ]
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
    textCount: Int? = nil, keepSpecial: Bool = true
  ) {
    self.count = count
    self.textCount = textCount
    self.seed = seed
    self.baselines = baselines
    self.keepSpecial = keepSpecial
  }

  init(_ settings: any SettingsReader) throws {
    let textCount = try Self.textsSetting.value(in: settings)
    if textCount != nil, settings.has(Self.baselinesSetting.key) {
      throw settings.fault(Self.textsSetting.key, "cannot stand beside '\(Self.baselinesSetting.key)'")
    }
    self.init(
      count: try Self.countSetting.value(in: settings), seed: try Self.seedSetting.value(in: settings),
      baselines: try Self.baselinesSetting.value(in: settings), textCount: textCount,
      keepSpecial: try Self.keepSpecialSetting.value(in: settings))
  }

  var values: [JSONMember] {
    let start = textCount.map { Self.textsSetting.member($0) } ?? Self.baselinesSetting.member(baselines)
    return [
      Self.countSetting.member(count), Self.seedSetting.member(seed), start,
      Self.keepSpecialSetting.member(keepSpecial),
    ]
  }

  /// Different baselines.
  private var kinds: Int { textCount == nil ? baselines.count : max(1, texts.count) }

  var cost: MethodCost { MethodCost(evaluations: count, paths: count, values: min(count, textCount ?? kinds)) }

  /// - Throws: `AttributionError` with code `usage` where the tokenizer has no such token, and where texts were asked for
  ///   and none are there.
  func validate(tokenizer: Tokenizer) throws {
    guard textCount == nil else {
      guard texts.isEmpty else { return }
      throw AttributionError(
        .usage, "\(Self.textsSetting.key) are drawn from a dataset, and there is none with a text here",
        setting: .baseline)
    }
    for baseline in baselines { _ = try baseline.tokenID(in: tokenizer) }
  }

  /// The start of the path from a baseline.
  ///
  /// - Parameter index: of a draw.
  func end(_ index: Int, of subject: Subject, at layer: AttributionLayer) throws -> PathEnd {
    if textCount != nil {
      return try Baseline.end(
        of: subject, text: texts[index], keepSpecial: keepSpecial, at: layer)
    }
    return baselines[index].end(
      of: subject.encoding, output: subject.output,
      replacingWith: try baselines[index].tokenID(in: subject.tokenizer), keepSpecial: keepSpecial, at: layer,
      in: subject.architecture)
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
        baseline: Int(seeds[count + sample] % UInt64(kinds)), alpha: Double(seeds[sample] >> 11) / 0x1p53,
        seed: seeds[2 * count + sample])
    }
  }
}
