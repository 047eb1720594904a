/// Why a checkpoint cannot be run.
public struct ModelError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A model family, activation or option that is not implemented.
    case unsupported
    /// The configuration contradicts itself, or the request the model.
    case invalid
  }

  public let code: Code
  public let message: String
  /// config.json, where it is at fault.
  public let file: String?

  public init(_ code: Code, _ message: String, file: String? = nil) {
    self.code = code
    self.message = message
    self.file = file
  }

  public var description: String { file.map { "\($0): \(message)" } ?? message }
}
