import SalienceParquet

/// Rows of the errors table, column by column.
public struct ErrorColumns: TableColumns, Equatable {
  /// `stage` is `read`, `tokenize` or `score`; `message` names line, byte offset and column where they are known.
  public static let schema = ParquetSchema([
    ParquetColumn("dataset_file", .string, dictionary: true),
    ParquetColumn("row", .int64),
    ParquetColumn("example_id", .string, optional: true),
    ParquetColumn("stage", .string, dictionary: true),
    ParquetColumn("message", .string, dictionary: true),
  ])

  public private(set) var datasetFile: [String] = []
  public private(set) var row: [Int64] = []
  public private(set) var exampleID: [String?] = []
  public private(set) var stage: [String] = []
  public private(set) var message: [String] = []

  public init() {}

  public var count: Int { row.count }

  /// Adds one row.
  public mutating func append(_ failed: FailedRow) {
    datasetFile.append(failed.datasetFile)
    row.append(failed.row)
    exampleID.append(failed.exampleID)
    stage.append(failed.stage.rawValue)
    message.append(failed.message)
  }

  public var columnData: [ColumnData] {
    [.string(datasetFile), .int64(row), .optionalString(exampleID), .string(stage), .string(message)]
  }
}
