import FoundationEssentials
import SalienceJSON

/// Reads the JSON files of a model directory.
enum ConfigurationFile {
  /// The file `name` of `directory`.
  /// - Throws: `TokenizerError` where it is missing, cannot be read or is no JSON object.
  static func read(_ name: String, in directory: String) throws(TokenizerError) -> ConfigurationComponent {
    let path = path(of: name, in: directory)
    guard FileManager.default.fileExists(atPath: path) else {
      throw TokenizerError(code: .unreadable, message: "no such file", file: path)
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TokenizerError(code: .unreadable, message: "cannot be read", file: path)
    }
    do {
      let value = try JSONValue(parsing: [UInt8](data))
      guard value.objectValue != nil else {
        throw TokenizerError(code: .malformed, message: "expected an object, found \(value.typeName)", file: path)
      }
      return ConfigurationComponent(value: value, file: path, path: "")
    } catch let error as JSONError {
      throw TokenizerError(code: .malformed, message: error.description, file: path)
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw TokenizerError(code: .unreadable, message: "cannot be read", file: path)
    }
  }

  /// The file `name` of `directory`, or nil where there is none.
  static func readIfPresent(_ name: String, in directory: String) throws(TokenizerError) -> ConfigurationComponent? {
    guard FileManager.default.fileExists(atPath: path(of: name, in: directory)) else { return nil }
    return try read(name, in: directory)
  }

  /// The path of the file `name` of `directory`.
  static func path(of name: String, in directory: String) -> String {
    directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }
}
