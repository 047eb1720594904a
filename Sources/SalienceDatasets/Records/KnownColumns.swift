/// Which of the mapped columns a file has, as far as its beginning tells.
struct KnownColumns {
  /// Mapped columns that are there.
  var present: Set<String>
  /// Names of the file's columns, in the order in which they turn up.
  var names: [String]

  /// Checks the files of a dataset: each has the text; any other column may be missing in some of them, but not in all.
  ///
  /// - Parameter files: path and columns; nil where the beginning does not tell.
  /// - Throws: `DatasetError` `missingColumn`.
  static func check(_ files: [(path: String, columns: KnownColumns?)], for mapping: ColumnMapping) throws {
    let known = files.compactMap { file in file.columns.map { (path: file.path, columns: $0) } }
    for file in known where !file.columns.present.contains(mapping.text) {
      throw ColumnMapping.missing(mapping.text, from: file.columns.names, in: file.path)
    }
    guard let first = known.first else { return }
    for column in mapping.names where !known.contains(where: { $0.columns.present.contains(column) }) {
      throw ColumnMapping.missing(column, from: first.columns.names, in: first.path)
    }
  }
}
