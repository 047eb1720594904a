import SalienceFoundation

/// What went wrong while tables or reports were written or read.
///
/// Holds paths, table names and column names, never a text of the user's.
public struct ReportError: Fault, Equatable {
  public enum Code: String, Sendable {
    /// A run directory, table or model that should be there is not.
    case missingInput
    /// A table does not hold what its schema says.
    case malformedTable
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
  public let place: String?
  /// The underlying error in words.
  public let cause: String?

  public init(_ code: Code, _ message: String, at place: String? = nil, cause: String? = nil) {
    self.code = code
    self.message = message
    self.place = place
    self.cause = cause
  }

  public var kind: FaultKind {
    switch code {
    case .missingInput: .missing
    case .usage: .usage
    case .malformedTable, .nothingToCompare, .invalidExample: .data
    }
  }

  public var description: String {
    let line = (place.map { "\($0): " } ?? "") + message + (cause.map { " (\($0))" } ?? "")
    return line.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
