/// Limits that the writer keeps and the reader insists on.
enum ParquetLimits {
  /// Values of one page, nulls included: a lying header cannot make a reader unpack more.
  static let pageValues = 1 << 24
  /// The footer's length in bytes; what it unpacks to takes a few dozen times as much.
  static let footerBytes: Int64 = 16 << 20
  /// Rows of one row group: runs of one value cost a file nothing, but the reader unpacks them.
  static let rowGroupRows = 1 << 20
  /// Values of one column in one row group, nulls included; lists may have more of them than rows.
  static let chunkValues: Int64 = 1 << 26
  /// Bytes that one column of one row group unpacks to; the writer ends a row group well before.
  static let chunkBytes = 256 << 20
}

/// Cuts a column's buffered rows into pages: ranges of levels that begin with a row, and their values.
struct PageBoundaries: Sequence, IteratorProtocol {
  struct Page {
    var levels: Range<Int>
    var values: Range<Int>
  }

  private let buffer: ColumnBuffer
  private let maximumRows: Int
  private let maximumBytes: Int
  private var level = 0
  private var value = 0

  init(_ buffer: ColumnBuffer, maximumRows: Int, maximumBytes: Int) {
    self.buffer = buffer
    self.maximumRows = maximumRows
    self.maximumBytes = maximumBytes
  }

  mutating func next() -> Page? {
    let firstLevel = level
    let firstValue = value
    var rows = 0
    var bytes = 0
    while level < buffer.levelCount {
      if buffer.column.type != .floatList || buffer.repetitionLevels[level] == 0 {
        if rows == maximumRows || bytes >= maximumBytes { break }
        rows += 1
      }
      let maximum = buffer.column.maximumDefinitionLevel
      if maximum == 0 || buffer.definitionLevels[level] == maximum {
        bytes += buffer.values.plainSize(of: value)
        value += 1
      }
      level += 1
    }
    return level > firstLevel ? Page(levels: firstLevel..<level, values: firstValue..<value) : nil
  }
}
