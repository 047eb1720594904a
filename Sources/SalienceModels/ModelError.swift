import SalienceFoundation

/// Why a checkpoint cannot be run.
public struct ModelError: Fault {
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

  public var kind: FaultKind { .data }
  public var place: String? { file }
}
