/// Publishes units: a unit is done from the moment its manifest has its name, whatever else a crash leaves behind.
///
/// The parts of a unit are several files, and several renames are not atomic. So parts are staged and flushed, then one
/// `link` gives the manifest its name, then the parts are renamed; whoever comes next repeats renames that are missing.
public struct Journal: Sendable {
  public let directory: RunLayout
  /// Called after each step of a commit; a test throws from it to stop there, as a crash would.
  private let afterStep: @Sendable (CommitStep) throws -> Void

  /// The steps of a commit in their order.
  public enum CommitStep: Sendable, Equatable {
    case partsFlushed, manifestStaged, linked, linkFlushed
    case partRenamed(Int)
    case renamesFlushed, stagingRemoved
  }

  public init(_ directory: RunLayout, afterStep: @escaping @Sendable (CommitStep) throws -> Void = { _ in }) {
    self.directory = directory
    self.afterStep = afterStep
  }

  /// Makes a staging directory for a unit.
  public func begin(_ unit: Unit) throws -> Attempt {
    try Attempt(unit: unit, in: directory)
  }

  /// Whether the unit's manifest has its name.
  public func isPublished(_ unit: Unit) -> Bool { DurableFile.exists(directory.manifest(of: unit)) }

  /// Throws away what an attempt staged.
  public func discard(_ attempt: Attempt) throws { try DurableFile.removeTree(attempt.path) }

  /// Publishes what an attempt staged.
  ///
  /// - Parameters:
  ///   - rows: rows of each table in order; a table without rows has no file.
  ///   - counts: what became of the unit's rows.
  ///   - totals: sums for the finishing step.
  /// - Returns: whether this attempt published the unit; false where another was first, whose result stands.
  /// - Throws: `PipelineError.io` naming the path; `.software` where the counts are not the unit's rows.
  public func commit(
    _ attempt: Attempt, rows: [(table: String, rows: Int64)], counts: RowCounts, totals: UnitTotals
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
    let manifest = Manifest(unit: unit, parts: parts, counts: counts, totals: totals)
    let staged = "\(attempt.path)/unit.json"
    try DurableFile.write(manifest.text, to: staged)
    try DurableFile.sync(attempt.path)
    // The staging directory's own name must survive a power cut before the commit record does.
    try DurableFile.sync(directory.state)
    try afterStep(.manifestStaged)
    let manifests = directory.manifests(model: unit.model)
    if !DurableFile.isDirectory(manifests) {
      try DurableFile.makeDirectories(manifests)
      try DurableFile.sync(directory.state)
    }
    guard try DurableFile.link(staged, as: directory.manifest(of: unit)) else {
      try discard(attempt)
      return false
    }
    try afterStep(.linked)
    try DurableFile.sync(manifests)
    try afterStep(.linkFlushed)
    if let lost = try place(manifest) {
      throw PipelineError(.io, "a part vanished while it was published", at: "\(directory.path)/\(lost)")
    }
    try discard(attempt)
    try afterStep(.stagingRemoved)
    return true
  }

  /// Renames a published unit's parts to their final names, as far as they are not there yet.
  ///
  /// - Returns: the final path of a part that is neither staged nor in place; nil where all is well.
  func place(_ manifest: Manifest) throws -> String? {
    var directories: [String] = []
    for (index, part) in manifest.parts.enumerated() {
      guard let path = part.path, let staged = part.staged else { continue }
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
