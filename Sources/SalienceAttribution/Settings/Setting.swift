import SalienceJSON

/// What is said of a setting wherever it is listed: in the reference pages, in `--help`, in messages.
public protocol SettingDeclaration: Sendable {
  /// Its key in a pipeline file.
  var key: String { get }
  /// What it may be, as the documentation writes it; empty where `help` says it.
  var values: String { get }
  /// What it is for, in a phrase.
  var help: String { get }
  /// What it is where it is left out.
  var fallbackText: String { get }
  /// The keys of a setting that is a mapping.
  var members: [any SettingDeclaration] { get }
}

/// A method's setting: the one place where its key, values, default and meaning stand.
public struct Setting<Value: Sendable>: SettingDeclaration {
  public let key: String
  public let values: String
  public let help: String
  public let fallback: Value
  public let fallbackText: String
  public let members: [any SettingDeclaration]
  private let read: @Sendable (any SettingsReader, String) throws -> Value?
  private let encode: @Sendable (Value) -> JSONValue

  /// - Parameters:
  ///   - read: the value under a key; nil where it is left out.
  ///   - encode: the value as `run.json` shows it.
  public init(
    _ key: String, values: String = "", fallback: Value, fallbackText: String, members: [any SettingDeclaration] = [],
    help: String, read: @escaping @Sendable (any SettingsReader, String) throws -> Value?,
    encode: @escaping @Sendable (Value) -> JSONValue
  ) {
    self.key = key
    self.values = values
    self.help = help
    self.fallback = fallback
    self.fallbackText = fallbackText
    self.members = members
    self.read = read
    self.encode = encode
  }

  /// What the user wrote; nil where it is left out.
  ///
  /// - Throws: an error that names the key and its place.
  public func written(in settings: any SettingsReader) throws -> Value? { try read(settings, key) }

  /// What the user wrote, or the default.
  public func value(in settings: any SettingsReader) throws -> Value { try written(in: settings) ?? fallback }

  /// The setting and a value, as `run.json` shows them.
  public func member(_ value: Value) -> JSONMember { JSONMember(name: key, value: encode(value)) }
}

extension Setting where Value == Int {
  /// A whole number.
  public static func integer(_ key: String, in range: ClosedRange<Int>, fallback: Int, help: String) -> Setting {
    Setting(
      key, fallback: fallback, fallbackText: "\(fallback)", help: help, read: { try $0.integer($1, in: range) },
      encode: JSONValue.integer)
  }
}

extension Setting where Value == Double {
  /// A number above 0.
  public static func number(_ key: String, fallback: Double, help: String) -> Setting {
    Setting(
      key, fallback: fallback, fallbackText: "\(fallback)", help: help, read: { try $0.positiveNumber($1) },
      encode: JSONValue.double)
  }
}

extension Setting where Value == Double? {
  /// A number above 0, or none.
  public static func optionalNumber(_ key: String, fallbackText: String, help: String) -> Setting {
    Setting(
      key, fallback: nil, fallbackText: fallbackText, help: help,
      read: { try $0.positiveNumber($1).map(Optional.some) },
      encode: { $0.map(JSONValue.double) ?? nil })
  }
}

extension Setting where Value == Bool {
  /// `true` or `false`.
  public static func bool(_ key: String, fallback: Bool, help: String) -> Setting {
    Setting(
      key, fallback: fallback, fallbackText: "\(fallback)", help: help, read: { try $0.bool($1) },
      encode: JSONValue.bool)
  }
}

extension Setting where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the names of an enumeration.
  public static func choice(_ key: String, fallback: Value, help: String = "") -> Setting {
    Setting(
      key, values: Value.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "), fallback: fallback,
      fallbackText: fallback.rawValue, help: help, read: { try $0.choice($1, Value.self) },
      encode: { .string($0.rawValue) })
  }
}
