/// How a dataset file is written, as its name says.
struct FileFormat: Equatable {
  enum Records: Equatable {
    case delimited(by: UInt8)
    case jsonLines
    case squad
  }

  enum Compression: Equatable {
    case none, gzip, zstandard
  }

  let records: Records
  let compression: Compression

  /// Recognises the ending of a file's name, in upper or lower case.
  ///
  /// - Throws: `DatasetError` `unsupported`.
  init(of path: String) throws {
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
    if name.hasSuffix(".csv") {
      records = .delimited(by: UInt8(ascii: ","))
    } else if name.hasSuffix(".tsv") {
      records = .delimited(by: UInt8(ascii: "\t"))
    } else if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") {
      records = .jsonLines
    } else if name.hasSuffix(".json") {
      records = .squad
    } else if name.hasSuffix(".parquet") {
      throw DatasetError(.unsupported, "Parquet input is not supported yet", file: path)
    } else {
      throw DatasetError(
        .unsupported, "unknown kind of file: expected .csv, .tsv, .jsonl or SQuAD's .json, alone or with .gz or .zst",
        file: path)
    }
  }
}
