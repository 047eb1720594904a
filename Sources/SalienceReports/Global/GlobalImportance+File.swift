extension GlobalImportance {
  /// Writes the table in place of a file, whole or not at all.
  ///
  /// - Throws: an error that names the path.
  public func write(to path: String, as format: any ReportFormat) throws {
    try format.replace(path, with: GlobalRow.table) { try $0.append(rows) }
  }
}
