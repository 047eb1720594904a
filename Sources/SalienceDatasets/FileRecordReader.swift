/// Reads the records of one file.
protocol FileRecordReader: AnyObject {
  /// Reads the next record; nil at the file's end.
  ///
  /// - Parameter row: the record's index in the dataset.
  /// - Throws: `DatasetError` where the file cannot be read on.
  func next(row: Int64) throws -> DatasetRecord?

  /// Passes over the next record; false at the file's end.
  func skip() throws -> Bool
}

extension FileFormat {
  /// Opens a file and checks that it has the mapped columns, as far as its beginning tells.
  func reader(
    of path: String, mapping: ColumnMapping, chunkSize: Int, maximumRecordSize: Int
  ) throws -> any FileRecordReader {
    let buffer = RecordBuffer(try open(path, chunkSize: chunkSize), file: path, chunkSize: chunkSize)
    switch records {
    case .delimited(let delimiter):
      return try DelimitedReader(
        buffer, delimiter: delimiter, mapping: mapping, maximumRecordSize: maximumRecordSize)
    case .jsonLines:
      return try JSONLinesReader(buffer, mapping: mapping, maximumRecordSize: maximumRecordSize)
    case .squad:
      return try SQuADReader(buffer, mapping: mapping, maximumRecordSize: maximumRecordSize)
    }
  }
}
