import SalienceParquet

/// Walks one column of a model's predictions in row order, as text.
struct SliceCursor {
  private let column: String
  private var parts: ArraySlice<String>
  private var file: ParquetReader?
  private var group = 0
  private var values: ArraySlice<String?> = []

  /// - Throws: `ReportError.usage` where the table has no such column of one text, flag or whole number per row.
  init(_ run: RunDirectory, model: String, column: String) throws {
    self.column = column
    parts = run.parts(of: .predictions, model: model)[...]
    guard let first = parts.first else { return }
    let schema = try ParquetReader(path: first).schema
    guard schema.index(of: column) != nil else {
      throw ReportError(.usage, "the predictions table has no column '\(column)'", at: run.path)
    }
  }

  /// The next row's value; nil where it is null.
  ///
  /// - Throws: `ParquetError` where a part cannot be read, and `ReportError.usage` for a column of another type.
  mutating func next() throws -> String? {
    while values.isEmpty {
      if let file, group < file.rowGroupCount {
        values = try Self.texts(of: file.read(column: column, rowGroup: group), column, in: file.path)[...]
        group += 1
      } else if let path = parts.popFirst() {
        (file, group) = (try ParquetReader(path: path), 0)
      } else {
        return nil
      }
    }
    return values.removeFirst()
  }

  private static func texts(of data: ColumnData, _ column: String, in path: String) throws -> [String?] {
    if let texts = String.optionalCells(of: data) { return texts }
    if let flags = Bool.optionalCells(of: data) { return flags.map { $0.map { "\($0)" } } }
    if let numbers = Int32.optionalCells(of: data) { return numbers.map { $0.map { "\($0)" } } }
    throw ReportError(.usage, "column '\(column)' holds neither texts, flags nor whole numbers", at: path)
  }
}
