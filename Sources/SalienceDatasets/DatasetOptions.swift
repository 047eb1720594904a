/// How a dataset's files are written, where their names or contents do not say it.
public struct DatasetOptions: Sendable, Equatable {
  /// Kinds of file.
  public enum Format: String, Sendable, CaseIterable {
    case csv, tsv, jsonl, json
  }

  /// What a double quote means in delimited text.
  public enum Quote: Sendable, Equatable {
    /// Plain text, as any other character.
    case plain
    /// It encloses cells that hold delimiters, line ends or, doubled, quotes (RFC 4180).
    case enclosing
  }

  /// nil: as the files' names say.
  public var format: Format?
  /// nil: found in each file.
  public var delimiter: UInt8?
  /// nil: found in each file.
  public var quote: Quote?
  /// Names of the columns of files without a header row; nil where each file has one.
  public var header: [String]?

  public init(format: Format? = nil, delimiter: UInt8? = nil, quote: Quote? = nil, header: [String]? = nil) {
    self.format = format
    self.delimiter = delimiter
    self.quote = quote
    self.header = header
  }
}
