import SalienceFoundation

/// What went wrong with a Parquet file, and where.
///
/// Holds names of files and columns and byte offsets, never values of a table.
public struct ParquetError: Fault {
  /// The kind of failure; a caller maps it to an exit code.
  public enum Code: String, Sendable {
    /// The operating system refused to open, read or inspect a file.
    case cannotRead
    /// The operating system refused to create, write, flush or close a file.
    case cannotWrite
    /// A schema that no Parquet file can have, or that this library does not handle.
    case invalidSchema
    /// Columns handed to the writer that do not fit its schema.
    case invalidColumns
    /// A file that does not start and end as Parquet does.
    case notParquet
    /// A Parquet file whose contents contradict each other, their checksums or the file's size.
    case corrupt
    /// A valid Parquet feature that this library does not read.
    case unsupported
    /// A column or row group that the file does not have.
    case notFound
    /// Use of a writer that is finished, cancelled or failed.
    case closed
  }

  /// The kind of failure.
  public let code: Code
  /// What happened, without the place.
  public let message: String
  /// The file's path, when known.
  public internal(set) var file: String?
  /// The column's name, when the failure belongs to one.
  public internal(set) var column: String?
  /// The offset in the file in bytes, when the failure belongs to one.
  public internal(set) var offset: Int64?
  /// The operating system's words behind the failure, if any.
  public let cause: String?

  init(
    _ code: Code, _ message: String, file: String? = nil, column: String? = nil, offset: Int64? = nil,
    cause: SystemError? = nil
  ) {
    self.code = code
    self.message = message
    self.file = file
    self.column = column
    self.offset = offset
    self.cause = cause?.description
  }

  public var kind: FaultKind { code == .cannotWrite ? .io : .data }

  /// File, column and offset, as far as they are known.
  public var place: String? {
    let parts = [file, column.map { "column '\($0)'" }, offset.map { "byte \($0)" }].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ": ")
  }

  /// One line: file, column, offset, message, cause.
  public var description: String {
    let text = [place, message + (cause.map { " (\($0))" } ?? "")].compactMap { $0 }.joined(separator: ": ")
    // A column name may hold control characters; the message stays on one line.
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 ? " " : $0 }))
  }

  /// The same error with the places filled in that it does not name yet.
  ///
  /// `base` is where in the file the bytes begin to which a relative offset refers.
  func located(file: String? = nil, column: String? = nil, base: Int64 = 0) -> ParquetError {
    var copy = self
    copy.file = copy.file ?? file
    copy.column = copy.column ?? column
    copy.offset = copy.offset.map { $0 + base }
    return copy
  }
}
