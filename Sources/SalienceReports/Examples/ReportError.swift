/// What went wrong while tables or reports were written or read.
///
/// Holds paths, table names and column names, never a text of the user's.
public struct ReportError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A run directory, table or model that should be there is not.
    case missingInput
    /// A table does not hold what its schema says.
    case malformedTable
    /// Reading or writing a file failed.
    case inputOutput
    /// The runs share nothing that could be compared.
    case nothingToCompare
    /// An option or argument that the runs cannot serve.
    case usage
    /// The caller broke the order or shape that a writer relies on.
    case invalidExample
  }

  public let code: Code
  public let message: String
  /// The file, directory, row or column at fault.
  public let location: String?
  /// The underlying error in words.
  public let cause: String?

  public init(_ code: Code, _ message: String, at location: String? = nil, cause: String? = nil) {
    self.code = code
    self.message = message
    self.location = location
    self.cause = cause
  }

  public var description: String {
    var line = location.map { "\($0): \(message)" } ?? message
    if let cause { line += " (\(cause))" }
    return line.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
