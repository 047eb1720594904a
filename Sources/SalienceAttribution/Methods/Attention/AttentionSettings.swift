import SalienceJSON
import SalienceModels

/// The settings that methods of attention share.
public struct AttentionSettings: Sendable, Equatable {
  public var selection: AttentionSelection
  public var cut: PairCut
  public var normalization: Normalization
  public var target: Target
  public var output: OutputKind

  static let layersSetting = numbers("layers", help: "the layers whose attention is read, 0-based")
  static let headsSetting = numbers("heads", help: "the heads whose attention is read, 0-based")
  static let topKSetting = count(
    "top_k", fallback: PairCut.usualTopK,
    help: "the most tokens that the table `attention` holds for each token that attends, layer and head: those with "
      + "the largest weights")
  static let thresholdSetting = Setting<Double?>.optionalNumber(
    "threshold", fallbackText: "none", help: "the least weight, without its sign, that the table `attention` holds")
  static let fromSetting = Setting.choice(
    "from", fallback: Queries.all,
    help: "the tokens that attend in the table `attention`: all of them, or those that the output is read from")
  static let normalizeSetting = Normalization.setting(fallback: .l1)
  /// - Parameter normalize: the key `normalize` with the method's own default.
  static func declarations(_ normalize: Setting<Normalization>) -> [any SettingDeclaration] {
    [layersSetting, headsSetting] + common(normalize)
  }

  /// Those of a method that reads every layer and head.
  static func common(_ normalize: Setting<Normalization>) -> [any SettingDeclaration] {
    [topKSetting, thresholdSetting, fromSetting, normalize, Target.setting, OutputKind.setting]
  }

  /// The tokens that attend.
  enum Queries: String, Sendable, CaseIterable { case all, output }

  public init(
    selection: AttentionSelection = AttentionSelection(), cut: PairCut = PairCut(),
    normalization: Normalization = .l1, target: Target = .predicted, output: OutputKind = .logit
  ) {
    self.selection = selection
    self.cut = cut
    self.normalization = normalization
    self.target = target
    self.output = output
  }

  /// - Parameter selects: false for a method that reads every layer and head.
  init(
    _ settings: any SettingsReader, selects: Bool = true, normalize: Setting<Normalization> = Self.normalizeSetting
  ) throws {
    self.init(
      selection: selects
        ? AttentionSelection(
          layers: try Self.layersSetting.value(in: settings), heads: try Self.headsSetting.value(in: settings))
        : AttentionSelection(),
      cut: PairCut(
        topK: try Self.topKSetting.value(in: settings), threshold: try Self.thresholdSetting.value(in: settings),
        isOfOutput: try Self.fromSetting.value(in: settings) == .output),
      normalization: try normalize.value(in: settings), target: try Target.setting.value(in: settings),
      output: try OutputKind.setting.value(in: settings))
  }

  var values: [JSONMember] {
    [Self.layersSetting.member(selection.layers), Self.headsSetting.member(selection.heads)] + commonValues
  }

  var commonValues: [JSONMember] {
    [
      Target.setting.member(target), OutputKind.setting.member(output), Self.normalizeSetting.member(normalization),
      Self.topKSetting.member(cut.topK), Self.thresholdSetting.member(cut.threshold),
      Self.fromSetting.member(cut.isOfOutput ? .output : .all),
    ]
  }

  /// A number from 1, or all.
  static func count(_ key: String, fallback: Int, help: String) -> Setting<Int?> {
    Setting(
      key, values: "a number or `all`", fallback: fallback, fallbackText: "\(fallback)", help: help,
      read: { settings, key in
        if try settings.scalars(key)?.map(\.text) == ["all"] { return .some(nil) }
        return try settings.integer(key, in: 1...Int(Int32.max)).map { .some($0) }
      }, encode: { $0.map(JSONValue.integer) ?? "all" })
  }

  /// A list of numbers from 0, or all of them.
  static func numbers(_ key: String, help: String) -> Setting<[Int]?> {
    Setting(
      key, values: "`all`, a number or a list of numbers", fallback: nil, fallbackText: "all", help: help,
      read: { settings, key in
        guard let scalars = try settings.scalars(key) else { return nil }
        if scalars.count == 1, scalars[0].text == "all" { return .some(nil) }
        var numbers = Set<Int>()
        for scalar in scalars {
          guard let number = Int(scalar.text), (0...Int(Int16.max)).contains(number) else {
            throw settings.fault(
              key, "must be all, or numbers from 0 to \(Int16.max), not '\(scalar.text.prefix(32))'", at: scalar)
          }
          guard numbers.insert(number).inserted else {
            throw settings.fault(key, "names \(number) twice", at: scalar)
          }
        }
        guard !numbers.isEmpty else { throw settings.fault(key, "must name at least one") }
        return .some(numbers.sorted())
      }, encode: { $0.map { .array($0.map(JSONValue.integer)) } ?? "all" })
  }
}
