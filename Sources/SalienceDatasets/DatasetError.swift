import SalienceFoundation

/// Why a dataset cannot be read any further; a record that alone is damaged is a `BadRow` instead.
public struct DatasetError: Fault, Equatable {
  /// Kinds of fault.
  public enum Code: String, Sendable {
    /// A file is not there, or a pattern matches none.
    case missingFile
    /// A file lacks a column that the mapping names.
    case missingColumn
    /// A file's compression or header is damaged.
    case damaged
    /// A sound file of a kind that is not read.
    case unsupported
    /// A file is not the one that it was when the run began.
    case changed
    /// Sound files without a record.
    case noRows
    /// The system failed to open or read a file.
    case io
  }

  public let code: Code
  /// What is wrong, in one line, without text of the records.
  public let message: String
  /// The file or pattern at fault, where one is.
  public let file: String?
  /// The column at fault, where one is.
  public let column: String?

  public init(_ code: Code, _ message: String, file: String? = nil, column: String? = nil) {
    self.code = code
    self.message = message
    self.file = file
    self.column = column
  }

  public var kind: FaultKind {
    switch code {
    case .missingFile: .missing
    case .io: .io
    default: .data
    }
  }

  public var place: String? { file }
}
