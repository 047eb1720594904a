import SalienceFoundation

/// Why a checkpoint cannot be used.
public struct CheckpointError: Fault {
  /// Kinds of fault.
  public enum Code: String, Sendable {
    /// A directory or file is not there or cannot be opened.
    case missing
    /// A file is damaged, or its contents do not fit together.
    case invalid
    /// A sound file of a kind that is not read, such as a pickle.
    case unsupported
    /// A model's name that is not allowed.
    case usage
  }

  public let code: Code
  /// What is wrong, in one line.
  public let message: String
  /// The file or directory at fault, where one is.
  public let file: String?
  /// The tensor at fault, where one is.
  public let tensor: String?
  /// The words of the error below this one, where there is one.
  public let cause: String?

  public init(
    _ code: Code, _ message: String, file: String? = nil, tensor: String? = nil, cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.file = file
    self.tensor = tensor
    self.cause = cause.map { "\($0)" }
  }

  public var kind: FaultKind {
    switch code {
    case .missing: .missing
    case .usage: .usage
    case .invalid, .unsupported: .data
    }
  }

  /// The file and the tensor in it.
  public var place: String? {
    let parts = [file, tensor.map { "tensor '\($0)'" }].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ": ")
  }

  public var description: String {
    let text = [place, message, cause].compactMap { $0 }.joined(separator: ": ")
    // A tensor's name comes out of a file and must not break the line or steer the terminal.
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar
        }))
  }
}
