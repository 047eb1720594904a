import SalienceFoundation

/// A file of a dataset, with what was found out about it before its first record is read.
struct DatasetFile: Sendable {
  enum Records: Sendable {
    case delimited(Dialect)
    case json(JSONForm)
  }

  private(set) var path: String
  /// What messages call it.
  let name: String
  let format: FileFormat
  let records: Records
  /// The file that was looked at; every later opening must find it.
  private(set) var identity: FileIdentity
  /// What a user should know of how it is read, one line each.
  let notes: [String]

  /// Looks at the file's beginning.
  ///
  /// - Throws: `DatasetError`.
  init(_ path: String, name: String? = nil, mapping: ColumnMapping, options: DatasetOptions) throws {
    self.path = path
    self.name = name ?? path
    format = try FileFormat(of: path, as: options.format)
    let file = try FileStream(path: path)
    identity = file.identity
    let sample = try Sample(try format.decompress(file, chunkSize: 1 << 16), file: self.name)
    switch format.records {
    case .delimited(let delimiter):
      let survey = try DialectSurvey.survey(sample, usual: delimiter, mapping: mapping, options: options)
      records = .delimited(survey.dialect)
      notes = survey.notes
    case .json(let isLines):
      records = .json(JSONForm(sample, isLines: isLines))
      notes = []
    }
  }

  /// The same contents under another name.
  func renamed(_ path: String) throws -> DatasetFile {
    let now = try FileStream(path: path).identity
    guard now.size == identity.size else {
      throw DatasetError(.changed, "the file changed while the run went on", file: path)
    }
    var file = self
    file.path = path
    file.identity = now
    return file
  }

  /// Opens the file at its beginning.
  ///
  /// - Throws: `DatasetError`, `changed` where it is another one by now.
  func reader(mapping: ColumnMapping, chunkSize: Int, maximumRecordSize: Int) throws -> any FileRecordReader {
    let stream = try format.open(path, expecting: identity, chunkSize: chunkSize)
    let buffer = RecordBuffer(stream, file: name, chunkSize: chunkSize)
    switch records {
    case .delimited(let dialect):
      return try DelimitedReader(buffer, dialect: dialect, mapping: mapping, maximumRecordSize: maximumRecordSize)
    case .json(.lines):
      return try JSONLinesReader(buffer, mapping: mapping, maximumRecordSize: maximumRecordSize)
    case .json(.squad):
      return try SQuADReader(buffer, mapping: mapping, maximumRecordSize: maximumRecordSize)
    case .json(let form):
      return try JSONElementsReader(
        buffer, isArray: form == .array, mapping: mapping, maximumRecordSize: maximumRecordSize)
    }
  }
}
