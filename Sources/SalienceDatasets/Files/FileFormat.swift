/// How a dataset file is written, as its name or the pipeline says.
struct FileFormat: Equatable {
  enum Records: Equatable {
    /// Delimited text; the delimiter is what the name stands for, unless the text has another.
    case delimited(by: UInt8)
    /// JSON, whose contents say of which form; an object a line unless they say another where the name says so.
    case json(isLines: Bool)
  }

  enum Compression: Equatable {
    case none, gzip, zstandard
  }

  let records: Records
  let compression: Compression

  /// Recognises the ending of a file's name, in upper or lower case.
  ///
  /// - Parameter format: goes before what the name says of the records.
  /// - Throws: `DatasetError` `unsupported`.
  init(of path: String, as format: DatasetOptions.Format? = nil) throws {
    var name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    if name.hasSuffix(".gz") {
      compression = .gzip
      name.removeLast(3)
    } else if name.hasSuffix(".zst") {
      compression = .zstandard
      name.removeLast(4)
    } else {
      compression = .none
    }
    if let format = format ?? Self.formats.first(where: { name.hasSuffix($0.ending) })?.format {
      switch format {
      case .csv: records = .delimited(by: UInt8(ascii: ","))
      case .tsv: records = .delimited(by: UInt8(ascii: "\t"))
      case .jsonl: records = .json(isLines: true)
      case .json: records = .json(isLines: false)
      }
    } else if name.hasSuffix(".parquet") {
      throw DatasetError(.unsupported, "Parquet input is not supported yet", file: path)
    } else {
      throw DatasetError(
        .unsupported,
        "unknown kind of file: expected .csv, .tsv, .jsonl or .json, alone or with .gz or .zst, or dataset.format",
        file: path)
    }
  }

  private static let formats: [(ending: String, format: DatasetOptions.Format)] = [
    (".csv", .csv), (".tsv", .tsv), (".jsonl", .jsonl), (".ndjson", .jsonl), (".json", .json),
  ]
}
