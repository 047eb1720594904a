import SalienceFoundation

extension GlobalImportance {
  /// Writes the table in place of a file, whole or not at all.
  ///
  /// - Throws: an error that names the path.
  public func write(to path: String, as format: any ReportFormat) throws {
    let staged = StagedFile(for: path)
    do {
      let file = try format.create(staged.partial, for: GlobalRow.table)
      try file.append(rows)
      _ = try file.finish()
      try staged.publish()
    } catch {
      staged.discard()
      throw error
    }
  }
}
