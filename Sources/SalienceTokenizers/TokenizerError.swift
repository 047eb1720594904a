import SalienceFoundation

/// Why a tokenizer could not be loaded, or a text not be encoded.
///
/// The message names files and components, never the text that was encoded.
public struct TokenizerError: Fault, Equatable {
  /// Kinds of fault, for callers that treat some of them differently.
  public enum Code: String, Sendable {
    /// A file is missing or cannot be read.
    case unreadable
    /// A file is no JSON, or a component lacks a field or holds a wrong value.
    case malformed
    /// A component is well-formed but of a kind this library does not run.
    case unsupported
    /// A word needs the unknown token and the vocabulary has none.
    case missingUnknownToken
    /// A text on which a rule of the tokenizer takes too many steps, or makes too much of.
    case excessiveWork
    /// The maximum length leaves no room for what may not be cut off.
    case maximumLength
  }

  public let code: Code
  /// What is wrong, in one line.
  public let message: String
  /// Path of the file, or nil where the fault lies in a call.
  public let file: String?
  /// Where in the file, as in `normalizer.normalizers[1]`, or nil for the whole file.
  public let component: String?

  public init(code: Code, message: String, file: String? = nil, component: String? = nil) {
    self.code = code
    self.message = message
    self.file = file
    self.component = component
  }

  public var kind: FaultKind { .data }

  /// The file and the component in it.
  public var place: String? {
    file == nil && component == nil ? nil : [file, component].compactMap { $0 }.joined(separator: ": ")
  }
}
