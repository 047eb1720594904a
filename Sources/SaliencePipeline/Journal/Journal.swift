import SalienceFoundation

/// Publishes units: a unit is done from the moment its manifest has its name, whatever else a crash leaves behind.
///
/// The parts of a unit are several files, and several renames are not atomic. So parts are staged and flushed, then one
/// `link` gives the manifest its name, then the parts are renamed; whoever comes next repeats renames that are missing.
public struct Journal: Sendable {
  public let directory: RunLayout
  /// The digest of the run's fingerprint under each model, which manifests carry; nil where no run is named.
  let run: [String: String]?
  /// Called after each step of a commit; a test throws from it to stop there, as a crash would.
  private let afterStep: @Sendable (CommitStep) throws -> Void

  /// The steps of a commit in their order.
  public enum CommitStep: Sendable, Equatable {
    case partsFlushed, manifestStaged, linked, linkFlushed
    case partRenamed(Int)
    case renamesFlushed, stagingRemoved
  }

  /// - Parameter run: `RunFingerprint.digests` of the run whose units are published: then nothing is published in a
  ///   directory that another run has taken.
  public init(
    _ directory: RunLayout, run: [String: String]? = nil,
    afterStep: @escaping @Sendable (CommitStep) throws -> Void = { _ in }
  ) {
    self.directory = directory
    self.run = run
    self.afterStep = afterStep
  }

  /// Makes a staging directory for a unit.
  public func begin(_ unit: Unit) throws -> Attempt {
    try Attempt(unit: unit, in: directory)
  }

  /// Whether the unit's manifest has its name.
  public func isPublished(_ unit: Unit) -> Bool { DurableFile.exists(directory.manifest(of: unit)) }

  /// Whether the unit's manifest names what an attempt staged.
  func isPublished(by attempt: Attempt) -> Bool {
    let manifest = try? Manifest(path: directory.manifest(of: attempt.unit))
    return manifest?.parts.contains { $0.staged?.hasPrefix("\(attempt.relativePath)/") ?? false } ?? false
  }

  /// Throws away what an attempt staged.
  public func discard(_ attempt: Attempt) throws { try attempt.remove() }

  /// Publishes what an attempt staged.
  ///
  /// - Parameters:
  ///   - rows: rows of each table in order; a table without rows has no file.
  ///   - counts: what became of the unit's rows.
  ///   - totals: sums for the finishing step.
  ///   - endsDataset: whether the dataset ends with the unit.
  /// - Returns: whether this attempt published the unit; false where another was first, whose result stands.
  /// - Throws: `FileFault` naming the path; `PipelineError`: `refused` where the directory has become another run's;
  ///   `software` where the counts are not the unit's rows.
  public func commit(
    _ attempt: Attempt, rows: [(table: String, rows: Int64)], counts: RowCounts, totals: UnitTotals,
    endsDataset: Bool = false
  ) throws -> Bool {
    let unit = attempt.unit
    guard counts.rows == unit.rows.count else {
      throw PipelineError(
        .software, "unit \(unit.index) has \(unit.rows.count) rows, but \(counts.rows) were scored or quarantined")
    }
    let parts = try rows.map { table, rows in
      guard rows > 0 else {
        return Manifest.Part(table: table, path: nil, staged: nil, rows: 0, sha256: nil, bytes: 0)
      }
      let path = attempt.part(table: table)
      try DurableFile.sync(path)
      let digest = try DurableFile.digest(path)
      return Manifest.Part(
        table: table, path: directory.relativePart(table: table, unit: unit),
        staged: "\(attempt.relativePath)/\(table).parquet", rows: rows, sha256: digest.sha256, bytes: digest.bytes)
    }
    try afterStep(.partsFlushed)
    let manifest = Manifest(
      unit: unit, run: run?[unit.model], endsDataset: endsDataset, parts: parts, counts: counts, totals: totals)
    let staged = "\(attempt.path)/unit.json"
    try DurableFile.write(manifest.text, to: staged)
    try DurableFile.sync(attempt.path)
    // The staging directory's own name must survive a power cut before the commit record does.
    try DurableFile.sync(directory.state)
    try afterStep(.manifestStaged)
    let isFirst = try holdingRun {
      let manifests = directory.manifests(model: unit.model)
      if !DurableFile.isDirectory(manifests) {
        try DurableFile.makeDirectories(manifests)
        try DurableFile.sync(directory.state)
      }
      guard try name(staged, as: manifest) else { return false }
      try afterStep(.linked)
      try DurableFile.sync(manifests)
      try afterStep(.linkFlushed)
      if let lost = try place(manifest) {
        throw PipelineError(.io, "a part vanished while it was published", at: "\(directory.path)/\(lost)")
      }
      return true
    }
    try discard(attempt)
    if isFirst { try afterStep(.stagingRemoved) }
    return isFirst
  }

  /// Gives a staged manifest its unit's name; false where one has it that stands.
  private func name(_ staged: String, as manifest: Manifest) throws -> Bool {
    let target = directory.manifest(of: manifest.unit)
    if try DurableFile.link(staged, as: target) { return true }
    // A damaged one stands too: verification names it.
    guard let present = try? Manifest(path: target), manifest.replaces(present) else { return false }
    guard try DurableFile.rename(staged, to: target) else {
      throw PipelineError(.io, "vanished while it was published", at: staged)
    }
    return true
  }

  /// Renames a published unit's parts to their final names, as far as they are not there yet.
  ///
  /// - Returns: the final path of a part that is neither staged nor in place; nil where all is well.
  func place(_ manifest: Manifest) throws -> String? {
    var directories: [String] = []
    for (index, part) in manifest.parts.enumerated() {
      guard let path = part.path, let staged = part.staged else {
        // What has the name of a part without rows is left from a manifest that this one replaced.
        try DurableFile.remove("\(directory.path)/\(directory.relativePart(table: part.table, unit: manifest.unit))")
        continue
      }
      let target = "\(directory.path)/\(path)"
      if DurableFile.exists("\(directory.path)/\(staged)") {
        let table = directory.directory(table: part.table, model: manifest.unit.model)
        try DurableFile.makeDirectories(table)
        directories.append(table)
        // Another process may recover the same unit at the same time; then the file is in place already.
        _ = try DurableFile.rename("\(directory.path)/\(staged)", to: target)
        try afterStep(.partRenamed(index))
      }
      guard DurableFile.size(target) == part.bytes else { return path }
    }
    for table in directories {
      try DurableFile.sync(table)
      try DurableFile.sync("\(directory.path)/\(table.dropFirst(directory.path.count + 1).prefix { $0 != "/" })")
    }
    if !directories.isEmpty {
      try DurableFile.sync(directory.path)
      try afterStep(.renamesFlushed)
    }
    return nil
  }
}
