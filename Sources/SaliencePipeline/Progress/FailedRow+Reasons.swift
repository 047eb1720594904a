import SalienceDatasets
import SalienceReports

extension FailedRow {
  /// The row of the errors table for a row that cannot be read.
  public init(_ row: BadRow) {
    let column = row.column.map { ", column '\($0)'" } ?? ""
    self.init(
      datasetFile: row.location.file, row: row.row, exampleID: row.id, stage: .read,
      message: "line \(row.location.line), byte \(row.location.byteOffset)\(column): \(row.reason)")
  }

  /// The row of the errors table for a row that failed after it was read.
  public init(_ example: Example, at location: RecordLocation, stage: Stage, _ error: any Error) {
    self.init(
      datasetFile: location.file, row: example.row, exampleID: example.id, stage: stage,
      message: "line \(location.line), byte \(location.byteOffset): \(error)")
  }
}
