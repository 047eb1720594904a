/// Reads the records of one file.
protocol FileRecordReader: AnyObject {
  /// Reads the next record; nil at the file's end.
  ///
  /// - Parameter row: the record's index in the dataset.
  /// - Throws: `DatasetError` where the file cannot be read on.
  func next(row: Int64) throws -> DatasetRecord?

  /// Passes over the next record; false at the file's end.
  func skip() throws -> Bool

  /// Which of the mapped columns the file has: as its header says, or its first records, which are then passed over.
  ///
  /// - Returns: nil where these do not tell.
  func columns(inFirst limit: Int) throws -> KnownColumns?
}
