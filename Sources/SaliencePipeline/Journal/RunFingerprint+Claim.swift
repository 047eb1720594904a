import SalienceFoundation
import SalienceJSON

extension RunFingerprint {
  /// Makes a run directory this run's: stores the fingerprint where there is none, else compares the two.
  ///
  /// A run goes on with a greater limit, or with more models behind the ones it has; then the stored fingerprint is
  /// replaced, and what the finishing step made is removed, because the run is unfinished again.
  ///
  /// - Parameter isAlone: whether no other process works on the run, one with the smaller limit for example.
  /// - Throws: `PipelineError`: `refused` saying what differs; `retry` where another process stands in the way.
  public func claim(_ directory: RunLayout, isAlone: Bool = true) throws {
    try DurableFile.makeDirectories(directory.state)
    if !DurableFile.exists(directory.fingerprint) {
      let isFirst = try stage(in: directory) { try DurableFile.link($0, as: directory.fingerprint) }
      if isFirst {
        try DurableFile.sync(directory.state)
        try DurableFile.sync(directory.path)
        return
      }
    }
    let earlier = try RunFingerprint(path: directory.fingerprint)
    let differences = differences(from: earlier)
    if differences.isEmpty { return }
    guard isExtension(of: earlier) else {
      throw PipelineError(
        .refused, "the run differs from the one begun here: \(differences.joined(separator: "; "))",
        at: directory.path)
    }
    guard isAlone else {
      throw PipelineError(
        .retry,
        "another process works on the run without the change (\(differences.joined(separator: "; ")));"
          + " the same command again when it has ended", at: directory.path)
    }
    for path in [directory.success, directory.runFile, directory.tokens, directory.influence] {
      try DurableFile.remove(path)
    }
    try DurableFile.removeTree(directory.influenceState)
    try DurableFile.sync(directory.path)
    guard try stage(in: directory, { try DurableFile.rename($0, to: directory.fingerprint) }) else {
      throw PipelineError(.io, "cannot be replaced", at: directory.fingerprint)
    }
    try DurableFile.sync(directory.state)
  }

  /// Whether a run can go on with this fingerprint where it was begun with another: with more rows or more models.
  func isExtension(of earlier: RunFingerprint) -> Bool {
    let grows =
      switch (earlier.limit, limit) {
      case (let old?, let new?): old <= new
      case (nil, .some): false
      case (_, nil): true
      }
    let same = RunFingerprint(
      pipeline: pipeline, precision: precision, unitRows: unitRows, limit: earlier.limit,
      models: Array(models.prefix(earlier.models.count)), dataset: dataset, training: training)
    return grows && same.differences(from: earlier).isEmpty
  }

  private func stage(in directory: RunLayout, _ place: (_ path: String) throws -> Bool) throws -> Bool {
    let attempt = try Attempt(unit: Unit(model: "", index: 0, rows: 0..<0), in: directory)
    defer { try? attempt.remove() }
    let staged = "\(attempt.path)/run-fingerprint.json"
    try DurableFile.write(json.text(pretty: true) + "\n", to: staged)
    return try place(staged)
  }

  /// SHA-256, in hexadecimal, of what the numbers of one model's rows depend on: neither of the limit nor of the other
  /// models, which may grow while a run goes on, nor of the place of files, which may move.
  public func digest(of model: String) -> String {
    func contents(_ files: [File]) -> JSONValue {
      .array(files.map { ["name": .string($0.name), "bytes": .integer($0.bytes), "sha256": .string($0.sha256)] })
    }
    let json: JSONValue = [
      "pipeline": pipeline, "precision_in_use": .string(precision.rawValue), "unit_rows": .integer(unitRows),
      "model": .string(model), "files": contents(models.first { $0.name == model }?.files ?? []),
      "dataset": contents(dataset),
    ]
    return SHA256.digest(of: json.text().utf8).hexadecimal
  }

  /// The digest of each model.
  public var digests: [String: String] {
    Dictionary(models.map { ($0.name, digest(of: $0.name)) }) { first, _ in first }
  }
}
