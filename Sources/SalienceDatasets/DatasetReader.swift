/// Reads the records of a dataset one after the other, in memory that does not grow with it.
///
/// A dataset is one or more files of comma-separated values (RFC 4180, with a header row), tab-separated values
/// (quoted alike), JSON lines or SQuAD's questions (`.json`), each plain, gzip or Zstandard, in the byte order of their
/// paths. Text is UTF-8, with or without a byte order mark. A record that is damaged comes as `DatasetRecord.bad`,
/// counts as a row, and reading goes on.
///
/// A reader belongs to one thread at a time.
public final class DatasetReader {
  /// Paths of the files, in the order in which they are read.
  public let files: [String]
  /// Rows passed so far, which is the index of the next one.
  public private(set) var row: Int64 = 0

  private let formats: [FileFormat]
  private let mapping: ColumnMapping
  private let chunkSize: Int
  private let maximumRecordSize: Int
  private var nextFile = 0
  private var current: (any FileRecordReader)?
  /// The error that ended reading; it is thrown again by every later call.
  private var failure: (any Error)?

  /// Finds the files and checks that each has the mapped columns: in its header row, or in one of the first 100 objects
  /// of JSON lines.
  ///
  /// - Parameters:
  ///   - paths: files or patterns (`*`, `?`, `[…]`, and `**` for any number of directories).
  ///   - mapping: the columns that hold an example's parts.
  ///   - chunkSize: bytes that are read at once.
  ///   - maximumRecordSize: bytes of the longest record that is read; a longer one becomes a bad row.
  /// - Throws: `DatasetError`.
  public init(
    paths: [String], mapping: ColumnMapping, chunkSize: Int = 256 << 10, maximumRecordSize: Int = 1 << 20
  ) throws {
    files = try FileList.resolve(paths)
    formats = try files.map(FileFormat.init)
    self.mapping = mapping
    self.chunkSize = max(chunkSize, 1)
    self.maximumRecordSize = max(maximumRecordSize, 1)
    try KnownColumns.check(try files.indices.map { (files[$0], try columns(of: $0)) }, for: mapping)
  }

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
          guard nextFile < files.count else { return nil }
          current = try open(nextFile)
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

  private func open(_ index: Int) throws -> any FileRecordReader {
    try formats[index].reader(
      of: files[index], mapping: mapping, chunkSize: chunkSize, maximumRecordSize: maximumRecordSize)
  }

  /// The mapped columns that a file has; nil where its beginning does not tell.
  private func columns(of index: Int) throws -> KnownColumns? {
    switch try open(index) {
    case let reader as DelimitedReader: return reader.known
    case let reader as JSONLinesReader:
      do {
        return try reader.columns(inFirst: 100)
      } catch let error as DatasetError where error.code == .damaged {
        // It is thrown when reading gets there, after the sound records.
        return nil
      }
    // SQuAD's columns are always the same, and checked when a file is opened.
    default: return nil
    }
  }
}
