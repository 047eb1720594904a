extension FailedRow: TableRow {
  public static let table = TableDefinition<FailedRow>(
    "errors", doc: "One row per record of the dataset that could not be scored."
  ) {
    Column("dataset_file", \.datasetFile, dictionary: true, doc: "The file that the record is from.")
    Column("row", \.row, doc: "Number of the record in the dataset, from 0.")
    Column("example_id", \.exampleID, doc: "The record's id; null where it could not be read.")
    Column("stage", \.stage, dictionary: true, doc: "Where it failed: `read`, `tokenize` or `score`.")
    Column(
      "message", \.message, dictionary: true,
      doc: "What is wrong, with line, byte offset and column where they are known; never the text itself.")
  }

  public init() {
    self.init(datasetFile: "", row: 0, exampleID: nil, stage: .read, message: "")
  }
}

extension FailedRow.Stage: NamedCell {}
