/// Why a checkpoint cannot be used.
public struct CheckpointError: Error, Sendable, CustomStringConvertible {
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
  /// The error below this one, where there is one.
  public let cause: (any Error)?

  public init(
    _ code: Code, _ message: String, file: String? = nil, tensor: String? = nil, cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.file = file
    self.tensor = tensor
    self.cause = cause
  }

  public var description: String {
    var parts: [String] = []
    if let file { parts.append(file) }
    if let tensor { parts.append("tensor '\(tensor)'") }
    parts.append(message)
    if let cause { parts.append("\(cause)") }
    // A tensor's name comes out of a file and must not break the line or steer the terminal.
    return String(
      String.UnicodeScalarView(
        parts.joined(separator: ": ").unicodeScalars.map { scalar in
          scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar
        }))
  }
}
