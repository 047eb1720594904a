/// Reads the Parquet files that `ParquetWriter` makes: v1 pages, PLAIN and dictionary encoding, none or zstd.
///
/// Nothing in a file is believed before it is checked: offsets and lengths against the file's size, pages against
/// their checksums and announced sizes, counts against each other. What a row group unpacks to is bounded, however
/// small the file. Files of other writers are read where they keep
/// to the same features, and refused with `unsupported` where not.
public struct ParquetReader: Sendable {
  /// The file's path as given.
  public let path: String
  /// The table's columns; `dictionary` is false in all of them.
  public let schema: ParquetSchema
  /// The number of rows in the file.
  public let rowCount: Int64
  /// The writer's name and version as the footer gives them.
  public let createdBy: String?
  /// The footer's own entries; of two with one key the last counts, one without a value is empty.
  public let keyValueMetadata: [String: String]
  /// The number of rows in each row group.
  public let rowGroupRowCounts: [Int64]

  private let file: InputFile
  private let rowGroups: [RowGroupMetadata]

  private static let magic = Array("PAR1".utf8)

  /// The number of row groups.
  public var rowGroupCount: Int { rowGroups.count }

  /// Opens a file and checks its footer.
  ///
  /// Throws `cannotRead`, `notParquet`, `corrupt` and `unsupported`.
  public init(path: String) throws {
    file = try InputFile(path: path)
    self.path = path
    do throws(ParquetError) {
      let (metadata, footerOffset) = try Self.readFooter(file)
      schema = try ParquetSchema(elements: metadata.schema)
      rowCount = metadata.rowCount
      rowGroups = metadata.rowGroups
      rowGroupRowCounts = metadata.rowGroups.map(\.rowCount)
      createdBy = metadata.createdBy
      keyValueMetadata = Dictionary(metadata.keyValues.map { ($0.key, $0.value ?? "") }, uniquingKeysWith: { $1 })
      try Self.validate(metadata, schema, dataEnd: footerOffset)
    } catch {
      throw error.located(file: path)
    }
  }

  /// One column over all row groups.
  ///
  /// Throws `notFound`, `cannotRead`, `corrupt` and `unsupported`.
  public func read(column name: String) throws -> ColumnData {
    try read(columnIndex: try index(of: name), rowGroups: 0..<rowGroupCount)
  }

  /// One column of one row group.
  ///
  /// Throws `notFound`, `cannotRead`, `corrupt` and `unsupported`.
  public func read(column name: String, rowGroup: Int) throws -> ColumnData {
    let index = try index(of: name)
    guard rowGroups.indices.contains(rowGroup) else {
      throw ParquetError(.notFound, "no row group \(rowGroup) among \(rowGroupCount)", file: path, column: name)
    }
    return try read(columnIndex: index, rowGroups: rowGroup..<rowGroup + 1)
  }

  private func index(of name: String) throws(ParquetError) -> Int {
    guard let index = schema.index(of: name) else {
      let names = schema.columns.map(\.name).joined(separator: ", ")
      throw ParquetError(.notFound, "no such column; the file has \(names)", file: path, column: name)
    }
    return index
  }

  private func read(columnIndex: Int, rowGroups range: Range<Int>) throws(ParquetError) -> ColumnData {
    let column = schema.columns[columnIndex]
    var rows = ColumnRows(column: column)
    do throws(ParquetError) {
      for group in rowGroups[range] {
        let metadata = group.columns[columnIndex]
        let start = metadata.firstPageOffset
        let bytes = try file.read(at: start, count: metadata.totalCompressedSize)
        var chunk = ColumnChunkReader(column: column, metadata: metadata, rowCount: group.rowCount)
        do throws(ParquetError) {
          try chunk.read(bytes, into: &rows)
        } catch {
          throw error.located(base: start)
        }
      }
      return try rows.columnData()
    } catch {
      throw error.located(file: path, column: column.name)
    }
  }

  private static func readFooter(_ file: InputFile) throws(ParquetError) -> (FileMetadata, Int64) {
    guard file.size >= 12 else { throw ParquetError(.notParquet, "is too short for a Parquet file") }
    guard try file.read(at: 0, count: 4) == magic else {
      throw ParquetError(.notParquet, "does not begin as a Parquet file")
    }
    let tail = try file.read(at: file.size - 8, count: 8)
    guard tail[4...].elementsEqual(magic) else {
      throw ParquetError(.notParquet, "does not end as a Parquet file: truncated or unfinished")
    }
    let length = Int64(UInt32(littleEndian: tail[..<4]))
    guard length <= file.size - 12, length <= ParquetLimits.footerBytes else {
      throw ParquetError(.corrupt, "the footer does not fit the file", offset: file.size - 8)
    }
    let offset = file.size - 8 - length
    let bytes = try file.read(at: offset, count: length)
    do throws(ParquetError) {
      return (try FileMetadata(decoding: bytes[...]), offset)
    } catch {
      throw error.located(base: offset)
    }
  }

  private static func validate(
    _ metadata: FileMetadata, _ schema: ParquetSchema, dataEnd: Int64
  ) throws(ParquetError) {
    var rows: Int64 = 0
    for group in metadata.rowGroups {
      let (sum, overflow) = rows.addingReportingOverflow(group.rowCount)
      guard group.rowCount >= 0, !overflow else { throw ParquetError(.corrupt, "row counts are out of range") }
      rows = sum
      guard group.rowCount <= ParquetLimits.rowGroupRows else {
        throw ParquetError(
          .unsupported, "a row group of \(group.rowCount) rows is not read, only up to \(ParquetLimits.rowGroupRows)")
      }
      guard group.columns.count == schema.columns.count else {
        throw ParquetError(.corrupt, "a row group has \(group.columns.count) columns, not \(schema.columns.count)")
      }
      for (column, chunk) in zip(schema.columns, group.columns) {
        do throws(ParquetError) {
          try validate(chunk, column, rowCount: group.rowCount, dataEnd: dataEnd)
        } catch {
          throw error.located(column: column.name)
        }
      }
    }
    guard rows == metadata.rowCount else {
      throw ParquetError(.corrupt, "the footer counts \(metadata.rowCount) rows, its row groups \(rows)")
    }
  }

  private static func validate(
    _ chunk: ColumnChunkMetadata, _ column: ParquetColumn, rowCount: Int64, dataEnd: Int64
  ) throws(ParquetError) {
    guard chunk.path.elementsEqual(column.path, by: { $0.utf8.elementsEqual($1.utf8) }),
      chunk.physicalType == column.type.physicalType.rawValue
    else { throw ParquetError(.corrupt, "a column chunk belongs to another column") }
    let countFits =
      column.type == .floatList ? chunk.valueCount >= rowCount : chunk.valueCount == rowCount
    guard countFits else {
      throw ParquetError(.corrupt, "a column chunk has \(chunk.valueCount) values for \(rowCount) rows")
    }
    guard chunk.valueCount <= ParquetLimits.chunkValues, chunk.totalCompressedSize <= ParquetLimits.chunkBytes else {
      throw ParquetError(.unsupported, "a column chunk of this size is not read")
    }
    let start = chunk.firstPageOffset
    guard start >= 4, start <= dataEnd, chunk.totalCompressedSize >= 0, chunk.totalCompressedSize <= dataEnd - start
    else { throw ParquetError(.corrupt, "a column chunk lies outside the file's data", offset: start) }
  }
}
