import SalienceJSON

/// A checkpoint's `config.json`.
///
/// Look-ups take several keys, because architectures name one thing differently; the first that is present counts.
/// `null` counts as absent, as in transformers. Errors are `CheckpointError` `invalid` and name file and key.
public struct ModelConfiguration: Sendable {
  /// Path of the file, for messages.
  public let file: String
  /// The whole document.
  public let json: JSONValue

  /// Takes a parsed configuration.
  ///
  /// - Throws: `CheckpointError` `invalid` where it is not an object.
  public init(json: JSONValue, file: String = "config.json") throws {
    guard json.objectValue != nil else { throw CheckpointError(.invalid, "expected an object", file: file) }
    self.json = json
    self.file = file
  }

  /// Reads a configuration file of at most 16 MB.
  ///
  /// - Throws: `CheckpointError`: `missing` where there is none, `invalid` where it is not JSON.
  public init(file: String) throws {
    let bytes = try CheckpointFile(path: file).contents(limit: 16 << 20)
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw CheckpointError(.invalid, "not JSON", file: file, cause: error)
    }
    try self.init(json: json, file: file)
  }

  /// The same with another value of one key.
  public func setting(_ key: String, to value: JSONValue) throws -> ModelConfiguration {
    let others = (json.objectValue ?? []).filter { $0.name != key }
    return try ModelConfiguration(json: .object(others + [JSONMember(name: key, value: value)]), file: file)
  }

  /// The architecture's family, such as `bert`.
  public var modelType: String { get throws { try string("model_type") } }

  /// The classes that transformers would load, such as `BertForSequenceClassification`; empty where none are named.
  public var architectures: [String] { json["architectures"]?.arrayValue?.compactMap(\.stringValue) ?? [] }

  /// The value of the first key that is present and not null.
  public func value(_ keys: String...) -> JSONValue? { value(keys)?.value }

  public func integer(_ keys: String...) throws -> Int { try required(keys, "an integer", \.intValue) }
  public func integer(_ keys: String..., default value: Int) throws -> Int {
    try optional(keys, "an integer", \.intValue) ?? value
  }

  /// A size or a count: an integer from `least` to `limit`.
  ///
  /// The limit keeps products of sizes within 64 bits, and what is made for each layer or head within memory, before a
  /// tensor's shape has confirmed the size.
  public func size(_ keys: String..., from least: Int = 1, upTo limit: Int) throws -> Int {
    guard let size = try optionalSize(keys, least...limit) else { throw missing(keys) }
    return size
  }
  public func size(_ keys: String..., from least: Int = 1, upTo limit: Int, default value: Int) throws -> Int {
    try optionalSize(keys, least...limit) ?? value
  }

  private func optionalSize(_ keys: [String], _ range: ClosedRange<Int>) throws -> Int? {
    guard let (key, value) = value(keys) else { return nil }
    guard let size = value.intValue, range.contains(size) else {
      let found = if case .number(let text) = value { text } else { "this \(value.typeName)" }
      throw CheckpointError(
        .invalid, "key '\(key)' must be an integer from \(range.lowerBound) to \(range.upperBound), not \(found)",
        file: file)
    }
    return size
  }

  public func number(_ keys: String...) throws -> Double { try required(keys, "a number", \.doubleValue) }
  public func number(_ keys: String..., default value: Double) throws -> Double {
    try optional(keys, "a number", \.doubleValue) ?? value
  }

  public func string(_ keys: String...) throws -> String { try required(keys, "a string", \.stringValue) }
  public func string(_ keys: String..., default value: String) throws -> String {
    try optional(keys, "a string", \.stringValue) ?? value
  }

  public func boolean(_ keys: String..., default value: Bool) throws -> Bool {
    try optional(keys, "true or false", \.boolValue) ?? value
  }

  private func value(_ keys: [String]) -> (key: String, value: JSONValue)? {
    for key in keys {
      if let value = json[key], !value.isNull { return (key, value) }
    }
    return nil
  }

  private func optional<T>(_ keys: [String], _ kind: String, _ convert: (JSONValue) -> T?) throws -> T? {
    guard let (key, value) = value(keys) else { return nil }
    guard let converted = convert(value) else {
      throw CheckpointError(.invalid, "key '\(key)' must be \(kind), not this \(value.typeName)", file: file)
    }
    return converted
  }

  private func required<T>(_ keys: [String], _ kind: String, _ convert: (JSONValue) -> T?) throws -> T {
    guard let converted = try optional(keys, kind, convert) else { throw missing(keys) }
    return converted
  }

  private func missing(_ keys: [String]) -> CheckpointError {
    let names = keys.map { "'\($0)'" }.joined(separator: " or ")
    return CheckpointError(.invalid, "key \(names) is missing", file: file)
  }
}
