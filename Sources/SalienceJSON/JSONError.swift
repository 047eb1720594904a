import SalienceFoundation

/// Why a document is not JSON, and where.
///
/// The message quotes nothing of the document, except the characters that JSON itself defines.
public struct JSONError: Fault, Equatable {
  /// Kinds of fault, for callers that treat some of them differently.
  public enum Code: String, Sendable {
    /// The text breaks the grammar of RFC 8259, or goes on after the document's end.
    case syntax
    /// The text is not UTF-8, or an escape names half a surrogate pair.
    case encoding
    /// Arrays and objects are nested deeper than the caller allows.
    case depth
    /// An object has two members of one name.
    case duplicateName
  }

  public let code: Code
  /// What is wrong, in one line.
  public let message: String
  /// 0-based offset in bytes at which the fault was noticed.
  public let offset: Int

  public init(code: Code, message: String, offset: Int) {
    self.code = code
    self.message = message
    self.offset = offset
  }

  public var kind: FaultKind { .data }
  public var place: String? { "byte \(offset)" }
  public var description: String { "\(message) at byte \(offset)" }
}
