import SalienceParquet

/// Typed columns of one row group of a part.
struct PartReader {
  private let file: ParquetReader
  private let rowGroup: Int

  init(_ file: ParquetReader, rowGroup: Int) {
    self.file = file
    self.rowGroup = rowGroup
  }

  func int64(_ name: String) throws -> [Int64] {
    if case .int64(let values) = try read(name) { return values }
    throw mismatch(name)
  }

  func int32(_ name: String) throws -> [Int32] {
    if case .int32(let values) = try read(name) { return values }
    throw mismatch(name)
  }

  func int8(_ name: String) throws -> [Int8] {
    if case .int8(let values) = try read(name) { return values }
    throw mismatch(name)
  }

  func float(_ name: String) throws -> [Float] {
    if case .float(let values) = try read(name) { return values }
    throw mismatch(name)
  }

  func bool(_ name: String) throws -> [Bool] {
    if case .bool(let values) = try read(name) { return values }
    throw mismatch(name)
  }

  func string(_ name: String) throws -> [String] {
    if case .string(let values) = try read(name) { return values }
    throw mismatch(name)
  }

  func optionalString(_ name: String) throws -> [String?] {
    if case .optionalString(let values) = try read(name) { return values }
    throw mismatch(name)
  }

  /// Texts of a column that may hold nulls, or could not when the table was written.
  func stringsOrNulls(_ name: String) throws -> [String?] {
    switch try read(name) {
    case .optionalString(let values): return values
    case .string(let values): return values
    default: throw mismatch(name)
    }
  }

  func optionalInt32(_ name: String) throws -> [Int32?] {
    if case .optionalInt32(let values) = try read(name) { return values }
    throw mismatch(name)
  }

  /// nil where the table was written before it had the column.
  func optionalFloatIfPresent(_ name: String) throws -> [Float?]? {
    guard file.schema.index(of: name) != nil else { return nil }
    if case .optionalFloat(let values) = try read(name) { return values }
    throw mismatch(name)
  }

  private func read(_ name: String) throws -> ColumnData {
    try file.read(column: name, rowGroup: rowGroup)
  }

  private func mismatch(_ name: String) -> ReportError {
    ReportError(.malformedTable, "column \(name) has another type than the table's schema", at: file.path)
  }
}

extension AttributionColumns {
  /// One row group of a part.
  init(reading part: PartReader) throws {
    row = try part.int64("row")
    exampleID = try part.string("example_id")
    method = try part.string("method")
    target = try part.string("target")
    targetIndex = try part.optionalInt32("target_index")
    targetPosition = try part.optionalInt32("target_position")
    position = try part.int32("position")
    token = try part.stringsOrNulls("token")
    tokenID = try part.int32("token_id")
    special = try part.bool("special")
    segment = try part.int8("segment")
    word = try part.optionalInt32("word")
    start = try part.optionalInt32("start")
    end = try part.optionalInt32("end")
    attribution = try part.float("attribution")
    normalized = try part.float("normalized")
    wordAttribution = try part.optionalFloatIfPresent("word_attribution") ?? row.map { _ in nil }
  }
}

/// The row groups of a table's parts, one after the other.
struct RowGroupSequence: Sequence, IteratorProtocol {
  private var paths: ArraySlice<String>
  private var file: ParquetReader?
  private var nextGroup = 0

  init(_ paths: [String]) {
    self.paths = paths[...]
  }

  mutating func next() -> Result<PartReader, any Error>? {
    while true {
      if let file, nextGroup < file.rowGroupCount {
        defer { nextGroup += 1 }
        return .success(PartReader(file, rowGroup: nextGroup))
      }
      guard let path = paths.popFirst() else { return nil }
      nextGroup = 0
      do { file = try ParquetReader(path: path) } catch { return .failure(error) }
    }
  }
}
