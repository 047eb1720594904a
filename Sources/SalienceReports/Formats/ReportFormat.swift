import SalienceFoundation

/// A form in which tables are written to files: one type per format.
public protocol ReportFormat: Sendable {
  /// What the files' names end in.
  var fileExtension: String { get }

  /// Creates a file at `path`, where there must be none, for rows of a table.
  ///
  /// - Throws: an error that names the path.
  func create<Row>(_ path: String, for table: TableDefinition<Row>) throws -> any TableFile<Row>
}

extension ReportFormat {
  /// Writes a table in place of a file, whole or not at all.
  ///
  /// - Parameter write: appends the rows.
  /// - Throws: an error that names the path; what `write` throws.
  func replace<Row>(
    _ path: String, with table: TableDefinition<Row>, _ write: (any TableFile<Row>) throws -> Void
  ) throws {
    let staged = StagedFile(for: path)
    do {
      let file = try create(staged.partial, for: table)
      try write(file)
      _ = try file.finish()
      try staged.publish()
    } catch {
      staged.discard()
      throw error
    }
  }
}

/// A file that the rows of one table are appended to.
///
/// It is of no use before `finish` returns.
public protocol TableFile<Row>: AnyObject {
  associatedtype Row: Sendable
  var path: String { get }
  /// Bytes of the file after `finish`.
  var byteCount: Int64 { get }

  /// - Throws: an error that names the path.
  func append(_ rows: [Row]) throws

  /// Completes the file and makes it durable.
  ///
  /// - Returns: its rows.
  /// - Throws: an error that names the path.
  func finish() throws -> Int64

  /// Gives up and removes the file; does nothing after `finish`.
  func cancel()
}
