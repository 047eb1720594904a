import SalienceDatasets
import SalienceFoundation
import SalienceJSON
import SaliencePipeline
import Synchronization

/// The texts of a run: files, or what came on standard input, which goes into the run directory when the run begins.
final class RunDataset: Sendable {
  private let source: Mutex<DatasetSource>
  private let standardInput: StandardInput?
  private let isKept = Mutex(false)
  /// What a user should know of how the files are read.
  let notes: [String]

  /// - Parameter standardInput: called where the pipeline reads it.
  /// - Throws: `DatasetError`, also where there is no row; `PipelineError` of standard input.
  init(_ pipeline: Pipeline, standardInput: () throws -> StandardInput) throws {
    let dataset = pipeline.dataset
    let input = dataset.isStandardInput ? try standardInput() : nil
    let source = try DatasetSource(
      paths: input.map { [$0.path] } ?? dataset.paths, mapping: dataset.columns,
      options: dataset.options, output: OutputFiles(directory: pipeline.output.directory, names: RunLayout.names),
      names: input.map { [$0.path: Self.standardInputName] } ?? [:])
    try source.requireRecords()
    var notes = source.notes
    if input?.isFromEarlierAttempt == true {
      notes.append("\(Self.standardInputName): the rows are those that this run read before; nothing is read now")
    }
    self.notes = notes
    self.source = Mutex(source)
    self.standardInput = input
  }

  private static let standardInputName = "standard input"

  /// The records from the first on.
  func reader() -> DatasetReader { source.withLock { $0.reader() } }

  /// The records from the first on, of a run that has begun.
  func readerOfRun() throws -> DatasetReader {
    if let standardInput {
      try isKept.withLock { isKept in
        guard !isKept else { return }
        let place = try standardInput.keep()
        try source.withLock { $0 = try $0.renaming(standardInput.path, to: place) }
        isKept = true
      }
    }
    return reader()
  }

  /// The files' checksums.
  ///
  /// - Throws: `PipelineError`, `data` where a file is another one than when it was first looked at.
  func fingerprint() throws -> [RunFingerprint.File] {
    try source.withLock { $0.files }.map { file in
      if standardInput != nil { return try RunFingerprint.File(reading: file.path, named: "-") }
      let read = try RunFingerprint.File(reading: file.path)
      if let identity = read.identity, let change = FileIdentity.change(from: file.identity, to: identity) {
        throw PipelineError(.data, "the file changed while the run began: \(change)", at: file.path)
      }
      return read
    }
  }
}
