import SalienceJSON

/// A value inside a configuration file that knows where it stands, so that every fault can be named.
struct ConfigurationComponent {
  let value: JSONValue
  let file: String
  /// Path inside the file, as in `normalizer.normalizers[1]`; empty for the whole file.
  let path: String

  func error(_ code: TokenizerError.Code, _ message: String) -> TokenizerError {
    TokenizerError(code: code, message: message, file: file, component: path.isEmpty ? nil : path)
  }

  /// The component's place without its value, to be kept for errors.
  var placeAlone: ConfigurationComponent { ConfigurationComponent(value: .null, file: file, path: path) }

  /// The member of that name; nil where it is missing or null.
  func optional(_ name: String) -> ConfigurationComponent? {
    guard let member = value[name], !member.isNull else { return nil }
    return ConfigurationComponent(value: member, file: file, path: path.isEmpty ? name : "\(path).\(name)")
  }

  func member(_ name: String) throws(TokenizerError) -> ConfigurationComponent {
    guard let member = optional(name) else { throw error(.malformed, "'\(name)' is missing") }
    return member
  }

  func string() throws(TokenizerError) -> String {
    guard let text = value.stringValue else { throw error(.malformed, "expected a string, found \(value.typeName)") }
    return text
  }

  /// A string of one Unicode scalar.
  func scalar() throws(TokenizerError) -> UInt32 {
    let scalars = try string().unicodeScalars
    guard let first = scalars.first, scalars.count == 1 else { throw error(.malformed, "expected one character") }
    return first.value
  }

  func bool(_ name: String) throws(TokenizerError) -> Bool {
    let component = try member(name)
    guard let flag = component.value.boolValue else {
      throw component.error(.malformed, "expected true or false, found \(component.value.typeName)")
    }
    return flag
  }

  func bool(_ name: String, default standard: Bool) throws(TokenizerError) -> Bool {
    optional(name) == nil ? standard : try bool(name)
  }

  /// A count, index or id: an integer from 0 to 2^31 - 1.
  func index() throws(TokenizerError) -> Int32 {
    guard let number = value.intValue, let index = Int32(exactly: number), index >= 0 else {
      throw error(.malformed, "expected an integer from 0 to \(Int32.max)")
    }
    return index
  }

  func elements() throws(TokenizerError) -> [ConfigurationComponent] {
    guard let array = value.arrayValue else { throw error(.malformed, "expected an array, found \(value.typeName)") }
    return array.enumerated().map { position, element in
      ConfigurationComponent(value: element, file: file, path: "\(path)[\(position)]")
    }
  }

  func members() throws(TokenizerError) -> [JSONMember] {
    guard let object = value.objectValue else { throw error(.malformed, "expected an object, found \(value.typeName)") }
    return object
  }

  /// The kind of component, its `type` member.
  func type() throws(TokenizerError) -> String { try member("type").string() }
}
