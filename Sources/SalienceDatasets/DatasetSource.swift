import SalienceFoundation

/// The files of a dataset, each with how it is written, found out once, so that every reading gives the same rows.
public struct DatasetSource: Sendable {
  /// The files, in the order in which they are read: the byte order of their paths.
  public var files: [(path: String, identity: FileIdentity)] { entries.map { ($0.path, $0.identity) } }

  let entries: [DatasetFile]
  let mapping: ColumnMapping

  /// Finds the files, looks at the first megabyte of each, and checks that they have the mapped columns: in the header
  /// row, or in one of the first 100 objects.
  ///
  /// - Parameters:
  ///   - paths: files or patterns (`*`, `?`, `[…]`, and `**` for any number of directories).
  ///   - mapping: the columns that hold an example's parts.
  ///   - options: what goes before the files' names and contents.
  ///   - output: the run's own files, which no pattern means.
  ///   - names: what messages call files whose path says nothing.
  /// - Throws: `DatasetError`.
  public init(
    paths: [String], mapping: ColumnMapping, options: DatasetOptions = DatasetOptions(), output: OutputFiles? = nil,
    names: [String: String] = [:]
  ) throws {
    self.mapping = mapping
    entries = try FileList.resolve(paths, leavingOut: output).map {
      try DatasetFile($0, name: names[$0], mapping: mapping, options: options)
    }
    let columns = try entries.map { file -> (path: String, columns: KnownColumns?) in
      do {
        let reader = try file.reader(mapping: mapping, chunkSize: 1 << 16, maximumRecordSize: 1 << 20)
        return (file.name, try reader.columns(inFirst: 100))
      } catch let error as DatasetError where error.code == .damaged && file.isJSON {
        // It is thrown when reading gets there, after the sound records.
        return (file.name, nil)
      }
    }
    try KnownColumns.check(columns, for: mapping)
  }

  /// Whether a path stands for a file, or a pattern for some.
  public static func isThere(_ path: String) -> Bool { FileList.isThere(path) }

  /// Whether the names of all files, or the format that goes before them, say JSON.
  public static func isJSON(_ paths: [String], as format: DatasetOptions.Format?) -> Bool {
    paths.allSatisfy {
      if case .json? = (try? FileFormat(of: $0, as: format))?.records { true } else { false }
    }
  }

  /// The same files after the contents of one of them went elsewhere.
  ///
  /// - Throws: `DatasetError` `changed` where what stands under the new name has another size.
  public func renaming(_ old: String, to new: String) throws -> DatasetSource {
    DatasetSource(entries: try entries.map { $0.path == old ? try $0.renamed(new) : $0 }, mapping: mapping)
  }

  private init(entries: [DatasetFile], mapping: ColumnMapping) {
    self.entries = entries
    self.mapping = mapping
  }

  /// What a user should know of how the files are read: of each kind of note the first file and how many more.
  public var notes: [String] {
    var notes: [(text: String, first: String, more: Int)] = []
    for file in entries {
      for text in file.notes {
        if let index = notes.firstIndex(where: { $0.text == text }) {
          notes[index].more += 1
        } else {
          notes.append((text, file.name, 0))
        }
      }
    }
    return notes.map { "\($0.first)\($0.more > 0 ? " and \($0.more) more" : ""): \($0.text)" }
  }

  /// Reads the records from the first on.
  public func reader(chunkSize: Int = 256 << 10, maximumRecordSize: Int = 1 << 20) -> DatasetReader {
    DatasetReader(self, chunkSize: chunkSize, maximumRecordSize: maximumRecordSize)
  }

  /// Checks that there is a record, be it a bad one.
  ///
  /// - Throws: `DatasetError`: `noRows`, or what stops reading before the first record.
  public func requireRecords() throws {
    guard try reader(chunkSize: 1 << 16).skip(1) == 0 else { return }
    let (first, count) = (entries.first?.name ?? "", entries.count)
    throw DatasetError(
      .noRows, "no rows\(count > 1 ? " here nor in the other \(count - 1) files" : ""): there is nothing to score",
      file: first)
  }
}

extension DatasetFile {
  var isJSON: Bool {
    if case .json = records { true } else { false }
  }
}
