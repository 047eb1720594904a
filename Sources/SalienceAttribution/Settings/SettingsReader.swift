/// A mapping of settings as a user wrote it, whose errors name the place where a value stands.
///
/// Methods read their own settings from it, so that they know neither pipeline files nor options of a command line.
public protocol SettingsReader {
  /// Whether a value stands under a key.
  func has(_ key: String) -> Bool
  /// A text that is not empty; nil where the key is absent.
  func string(_ key: String) throws -> String?
  func bool(_ key: String) throws -> Bool?
  func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int?
  func positiveNumber(_ key: String) throws -> Double?
  /// One of the names that an enumeration has.
  func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) throws -> Choice?
  where Choice.RawValue == String
  /// A text, or each of a list of texts; nil where the key is absent.
  func scalars(_ key: String) throws -> [SettingScalar]?
  /// The mapping under a key; nil where the key is absent.
  func mapping(_ key: String, keys: [String]) throws -> (any SettingsReader)?
  /// Whether a mapping stands under a key.
  func isMapping(_ key: String) -> Bool
  /// An error about the value of a key, or about one scalar of it: `message` goes on after the key's name.
  func fault(_ key: String, _ message: String, at scalar: SettingScalar?) -> any Error
}

extension SettingsReader {
  public func fault(_ key: String, _ message: String) -> any Error { fault(key, message, at: nil) }
}

/// A text as a user wrote it.
public struct SettingScalar: Sendable {
  public let text: String
  /// Whether it stands without quotes, so that it may be a number.
  public let isPlain: Bool
  /// Where it stands, for messages.
  public let place: String

  public init(_ text: String, isPlain: Bool, place: String) {
    self.text = text
    self.isPlain = isPlain
    self.place = place
  }
}
