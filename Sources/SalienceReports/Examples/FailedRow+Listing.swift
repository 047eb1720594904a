extension FailedRow {
  /// File, row and reason on one line.
  public var summary: String { "\(datasetFile), row \(row), \(message)" }

  /// The first rows in the dataset's order, each once: a row that fails alike under several models is one.
  public static func first(_ count: Int, of rows: [FailedRow]) -> [FailedRow] {
    var first: [FailedRow] = []
    // Stable, so that the stages of a row keep their order.
    for row in rows.enumerated().sorted(by: { ($0.element.row, $0.offset) < ($1.element.row, $1.offset) })
    where first.count < count {
      if !first.contains(where: { $0.row == row.element.row && $0.message == row.element.message }) {
        first.append(row.element)
      }
    }
    return first
  }

  /// The first rows of the errors tables of a run.
  ///
  /// - Parameter path: the run's directory.
  /// - Throws: `ReportError`, and `ParquetError` where a part cannot be read.
  public static func first(_ count: Int, inRun path: String, models: [String]) throws -> [FailedRow] {
    var rows: [FailedRow] = []
    for model in models {
      var cursor = TableCursor<FailedRow>(RunDirectory.parts(of: .errors, model: model, in: path))
      var left = count
      while left > 0, let row = try cursor.next() {
        rows.append(row)
        left -= 1
      }
    }
    return first(count, of: rows)
  }
}
