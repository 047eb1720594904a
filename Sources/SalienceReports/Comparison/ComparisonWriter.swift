import SalienceFoundation

/// Writes one table of a comparison as a file per format, all under temporary names until `publish`.
final class ComparisonWriter<Row: TableRow> {
  private let files: [(file: any TableFile<Row>, staged: StagedFile)]
  private var isPublished = false

  init(directory: String, formats: [any ReportFormat]) throws {
    files = try formats.map { format in
      let staged = StagedFile(for: "\(directory)/\(Row.table.name).\(format.fileExtension)")
      return (try format.create(staged.partial, for: Row.table), staged)
    }
  }

  deinit {
    if !isPublished { for (_, staged) in files { staged.discard() } }
  }

  func append(_ rows: [Row]) throws {
    for (file, _) in files { try file.append(rows) }
  }

  /// Completes the files, still under their temporary names.
  func finish() throws {
    for (file, _) in files { _ = try file.finish() }
  }

  /// Gives the files their names.
  func publish() throws {
    for (_, staged) in files { try staged.publish() }
    isPublished = true
  }
}
