/// How one file of delimited text is written.
struct Dialect: Sendable, Equatable {
  enum Quoting: Sendable {
    /// Quotes are plain text.
    case none
    /// Quotes enclose cells.
    case trusted
    /// Quotes enclose cells, but none that was seen had to: a cell over several lines that each could be a row is not
    /// believed.
    case doubtful
  }

  var delimiter: UInt8
  var quoting: Quoting
  /// Whether lines end in CR alone; elsewhere a CR without LF is text.
  var endsAtReturns: Bool
  /// Names of the columns where the file has no header row.
  var header: [String]?

  init(
    delimiter: UInt8, quoting: Quoting = .trusted, endsAtReturns: Bool = false, header: [String]? = nil
  ) {
    self.delimiter = delimiter
    self.quoting = quoting
    self.endsAtReturns = endsAtReturns
    self.header = header
  }

  /// The byte that ends a line, CR of a CRLF aside.
  var lineEnd: UInt8 { endsAtReturns ? 0x0D : 0x0A }

  func scanner(maximumLength: Int) -> DelimitedScanner {
    DelimitedScanner(
      delimiter: delimiter, hasQuotes: quoting != .none, endsAtReturns: endsAtReturns, maximumLength: maximumLength)
  }

  /// Fields of each line of `bytes` with quotes as plain text, or nil where they are not all the same.
  ///
  /// - Parameter omittingBlanks: whether blank lines are passed over; else they have one field.
  func fieldsOfEveryLine(_ bytes: UnsafeBufferPointer<UInt8>, omittingBlanks: Bool = false) -> Int? {
    var common: Int?
    for line in bytes.split(separator: lineEnd, omittingEmptySubsequences: omittingBlanks)
    where !(omittingBlanks && line.count == 1 && line.first == 0x0D) {
      let count = line.count { $0 == delimiter } + 1
      if let common, common != count { return nil }
      common = count
    }
    return common
  }
}
