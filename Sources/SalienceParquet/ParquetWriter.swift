/// Writes one Parquet file: appended rows gather into row groups, the footer comes last.
///
/// The same rows, schema and options give the same bytes, however the rows are split over calls of `append`.
/// The file is of no use before `finish` returns, so write to a temporary path and rename it afterwards. When a call
/// throws because the file cannot be written, and when the writer is released unfinished, the file is removed.
public final class ParquetWriter {
  /// The file's path as given.
  public let path: String
  /// The table's columns.
  public let schema: ParquetSchema
  /// Rows appended so far.
  public private(set) var rowCount: Int64 = 0
  /// Bytes written so far; those of the whole file after `finish`.
  public var byteCount: Int64 { output.position }

  private let compression: Compression
  private let createdBy: String
  private let keyValueMetadata: [String: String]
  /// Bytes of buffered values at which a row group ends, unless the writer is told otherwise.
  public static let standardRowGroupBytes = 64 << 20

  private let rowGroupRows: Int
  private let rowGroupBytes: Int
  private let output: OutputFile
  private let compressor: PageCompressor
  private var buffers: [ColumnBuffer]
  private var bufferedRows = 0
  private var rowGroups: [RowGroupMetadata] = []
  private var isOpen = true

  private static let magic = Array("PAR1".utf8)
  /// Rows between looks at the size of a row group, counted from its start so that calls do not matter; few, because a
  /// row's texts may have a megabyte each.
  private static let sizeCheckRows = 32

  /// Creates the file at `path`, where there must be none.
  ///
  /// `keyValueMetadata` goes to the footer, ordered by key. A row group ends after `rowGroupRows` rows, or sooner
  /// when its buffered values take `rowGroupBytes`.
  ///
  /// Throws `invalidSchema` and `cannotWrite`.
  public init(
    path: String, schema: ParquetSchema, compression: Compression = .zstd, createdBy: String,
    keyValueMetadata: [String: String] = [:], rowGroupRows: Int = 100_000, rowGroupBytes: Int = standardRowGroupBytes
  ) throws {
    do { try schema.validate() } catch { throw error.located(file: path) }
    self.path = path
    self.schema = schema
    self.compression = compression
    self.createdBy = createdBy
    self.keyValueMetadata = keyValueMetadata
    self.rowGroupRows = min(max(1, rowGroupRows), ParquetLimits.rowGroupRows)
    self.rowGroupBytes = max(1, rowGroupBytes)
    output = try OutputFile(path: path)
    compressor = PageCompressor(compression)
    buffers = schema.columns.map { ColumnBuffer(column: $0) }
    try output.write(Self.magic)
  }

  deinit {
    cancel()
  }

  /// Appends rows: one element per column, in the schema's order, all with the same number of rows.
  ///
  /// Columns without optionals suit optional columns too. Throws `invalidColumns`, with nothing appended,
  /// `cannotWrite` and `closed`.
  public func append(_ columns: [ColumnData]) throws {
    guard isOpen else { throw closedError }
    try append(rows: checkedRowCount(columns)) { column, rows, buffer in buffer.append(columns[column], rows) }
  }

  /// Appends `count` rows, whose cells `cells` appends to the buffer of a column: as many as the range has rows, and of
  /// the column's type.
  ///
  /// Throws `cannotWrite` and `closed`.
  package func append(
    rows count: Int, cells: (_ column: Int, _ rows: Range<Int>, _ buffer: inout ColumnBuffer) -> Void
  ) throws {
    guard isOpen else { throw closedError }
    var start = 0
    while start < count {
      let room = min(rowGroupRows - bufferedRows, Self.sizeCheckRows - bufferedRows % Self.sizeCheckRows)
      let end = min(count, start + room)
      for index in buffers.indices { cells(index, start..<end, &buffers[index]) }
      bufferedRows += end - start
      rowCount += Int64(end - start)
      start = end
      let isFull =
        bufferedRows % Self.sizeCheckRows == 0 && buffers.reduce(0) { $0 + $1.byteCount } >= rowGroupBytes
      if bufferedRows == rowGroupRows || isFull { try removingFileOnFailure(writeRowGroup) }
    }
  }

  /// Writes what is buffered and the footer, makes the file durable and closes it.
  ///
  /// Returns the number of rows; a file of 0 rows is valid, but some readers refuse it in a table directory.
  /// Throws `cannotWrite` and `closed`.
  public func finish() throws -> Int64 {
    guard isOpen else { throw closedError }
    try removingFileOnFailure {
      if bufferedRows > 0 { try writeRowGroup() }
      var footer = FileMetadata(
        schema: schema.elements, rowCount: rowCount, rowGroups: rowGroups,
        keyValues: keyValueMetadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
        createdBy: createdBy
      ).encoded()
      guard let length = UInt32(exactly: footer.count), Int64(length) <= ParquetLimits.footerBytes else {
        throw ParquetError(.invalidColumns, "the footer is too long", file: path)
      }
      footer.appendLittleEndian(length)
      try output.write(footer + Self.magic)
      try output.close()
    }
    isOpen = false
    return rowCount
  }

  /// Gives up: closes and removes the file.
  ///
  /// Does nothing after `finish`.
  public func cancel() {
    guard isOpen else { return }
    isOpen = false
    output.discard()
  }

  private var closedError: ParquetError {
    ParquetError(.closed, "the writer is finished, cancelled or failed", file: path)
  }

  private func checkedRowCount(_ columns: [ColumnData]) throws(ParquetError) -> Int {
    guard columns.count == schema.columns.count else {
      let message = "\(columns.count) columns appended to a table of \(schema.columns.count)"
      throw ParquetError(.invalidColumns, message, file: path)
    }
    let rows = columns.first?.count ?? 0
    for (column, data) in zip(schema.columns, columns) {
      func fail(_ message: String) -> ParquetError {
        ParquetError(.invalidColumns, message, file: path, column: column.name)
      }
      guard data.type == column.type else { throw fail("\(data.type) values for a column of type \(column.type)") }
      guard column.optional || !data.isOptional else { throw fail("optional values for a required column") }
      guard data.count == rows else { throw fail("\(data.count) rows where the first column has \(rows)") }
    }
    return rows
  }

  private func removingFileOnFailure(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      cancel()
      throw error
    }
  }

  private func writeRowGroup() throws {
    var chunks: [ColumnChunkMetadata] = []
    for index in buffers.indices {
      do throws(ParquetError) {
        var chunk = try ColumnChunkWriter.encode(buffers[index], compression: compression, compressor: compressor)
        chunk.metadata.dataPageOffset += output.position
        if let offset = chunk.metadata.dictionaryPageOffset {
          chunk.metadata.dictionaryPageOffset = offset + output.position
        }
        try output.write(chunk.bytes)
        chunks.append(chunk.metadata)
      } catch {
        throw error.located(file: path, column: schema.columns[index].name)
      }
      buffers[index].removeAll()
    }
    let size = chunks.reduce(0) { $0 + $1.totalUncompressedSize }
    rowGroups.append(RowGroupMetadata(columns: chunks, rowCount: Int64(bufferedRows), totalByteSize: size))
    bufferedRows = 0
  }
}
