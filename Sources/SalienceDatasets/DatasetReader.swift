/// Reads the records of a dataset one after the other, in memory that does not grow with it.
///
/// A dataset is one or more files of delimited text (RFC 4180, with a header row), JSON lines, a JSON array or SQuAD's
/// questions, each plain, gzip or Zstandard, in the byte order of their paths. Text is UTF-8, with or without a byte
/// order mark. A record that is damaged comes as `DatasetRecord.bad`, counts as a row, and reading goes on.
///
/// A reader belongs to one thread at a time.
public final class DatasetReader {
  /// Rows passed so far, which is the index of the next one.
  public private(set) var row: Int64 = 0

  private let source: DatasetSource
  private let chunkSize: Int
  private let maximumRecordSize: Int
  private var nextFile = 0
  private var current: (any FileRecordReader)?
  /// The error that ended reading; it is thrown again by every later call.
  private var failure: (any Error)?

  /// Finds the files and how they are written; see `DatasetSource`.
  ///
  /// - Parameters:
  ///   - chunkSize: bytes that are read at once.
  ///   - maximumRecordSize: bytes of the longest record that is read; a longer one becomes a bad row.
  /// - Throws: `DatasetError`.
  public convenience init(
    paths: [String], mapping: ColumnMapping, options: DatasetOptions = DatasetOptions(),
    chunkSize: Int = 256 << 10, maximumRecordSize: Int = 1 << 20
  ) throws {
    self.init(
      try DatasetSource(paths: paths, mapping: mapping, options: options), chunkSize: chunkSize,
      maximumRecordSize: maximumRecordSize)
  }

  init(_ source: DatasetSource, chunkSize: Int, maximumRecordSize: Int) {
    self.source = source
    self.chunkSize = max(chunkSize, 1)
    self.maximumRecordSize = max(maximumRecordSize, 1)
  }

  /// Paths of the files, in the order in which they are read.
  public var files: [String] { source.entries.map(\.path) }

  /// Reads the next record; nil after the last.
  ///
  /// - Throws: `DatasetError` where a file cannot be read on, after every sound record before that place.
  public func next() throws -> DatasetRecord? {
    try advance { try $0.next(row: row) }
  }

  /// Passes over records, bad ones included, as `next` would.
  ///
  /// - Returns: how many were passed over: fewer than asked for where the dataset ends.
  /// - Throws: `DatasetError` where a file cannot be read on.
  @discardableResult public func skip(_ records: Int) throws -> Int {
    for skipped in 0..<max(records, 0) {
      if try advance({ try $0.skip() ? true : nil }) == nil { return skipped }
    }
    return max(records, 0)
  }

  private func advance<Result>(_ step: (any FileRecordReader) throws -> Result?) throws -> Result? {
    if let failure { throw failure }
    do {
      while true {
        if current == nil {
          guard nextFile < source.entries.count else { return nil }
          current = try source.entries[nextFile].reader(
            mapping: source.mapping, chunkSize: chunkSize, maximumRecordSize: maximumRecordSize)
          nextFile += 1
        }
        if let result = try current.flatMap(step) {
          row += 1
          return result
        }
        current = nil
      }
    } catch {
      failure = error
      throw error
    }
  }
}
