import SalienceFoundation

extension Journal {
  /// What recovery found and did.
  public struct Recovery: Sendable, Equatable {
    /// Units whose manifest is published and whose parts are in place.
    public var published: Set<Unit> = []
    /// Those of them that the dataset ends with.
    public var last: Set<Unit> = []
    /// Units whose parts were lost, or whose manifests are another run's; the manifests are removed, so that the units
    /// are scored again.
    public var lost: [Unit] = []
  }

  /// Brings the directory back to order after a crash: repeats missing renames, then removes temporaries of processes
  /// that are gone.
  ///
  /// - Parameter models: names of the run's models.
  /// - Throws: `FileFault` naming the path; `PipelineError`: `data` where a manifest is damaged; `refused` where the
  ///   directory is another run's, or the run was begun by a version whose manifests do not say whose they are.
  public func recover(models: [String]) throws -> Recovery {
    // Before the renames: an attempt without its process publishes nothing any more, so none is missed by them.
    let abandoned = try Attempt.abandoned(in: directory)
    let recovery = try holdingRun {
      var recovery = Recovery()
      for model in models {
        for manifest in try manifests(of: model) {
          if try isOurs(manifest), try place(manifest) == nil {
            recovery.published.insert(manifest.unit)
            if manifest.endsDataset { recovery.last.insert(manifest.unit) }
          } else {
            // A finished run with a hole is not finished.
            try DurableFile.remove(directory.success)
            try DurableFile.remove(directory.manifest(of: manifest.unit))
            recovery.lost.append(manifest.unit)
          }
        }
      }
      return recovery
    }
    for attempt in abandoned { try attempt.remove() }
    return recovery
  }

  private func isOurs(_ manifest: Manifest) throws -> Bool {
    guard let run else { return true }
    guard let published = manifest.run else {
      throw PipelineError(
        .refused, "published by an earlier version of salience; --overwrite begins again",
        at: directory.manifest(of: manifest.unit))
    }
    return published == run[manifest.unit.model]
  }

  /// Does something that must not meet with another process's publishing, or with the run's end.
  ///
  /// The stored fingerprint is locked meanwhile.
  ///
  /// - Throws: `PipelineError.refused` where the directory is another run's by now.
  func holdingRun<Result>(_ body: () throws -> Result) throws -> Result {
    guard let run else { return try body() }
    while let lock = try FileLock.open(directory.fingerprint) {
      _ = try lock.acquire(.exclusive, waiting: true)
      // It may have been replaced while it was waited for.
      guard lock.isInPlace else { continue }
      let stored = try RunFingerprint(path: directory.fingerprint)
      guard run.allSatisfy({ stored.digest(of: $0.key) == $0.value }) else { break }
      return try withExtendedLifetime(lock) { try body() }
    }
    throw PipelineError(
      .refused, "another run has taken this directory, and nothing more is published in it", at: directory.path)
  }

  /// The manifests of a model in the order of their units.
  public func manifests(of model: String) throws -> [Manifest] {
    try manifestPaths(of: model).map { try manifest(at: $0, of: model) }.sorted { $0.unit.index < $1.unit.index }
  }

  /// Paths of a model's manifests.
  func manifestPaths(of model: String) throws -> [String] {
    let path = directory.manifests(model: model)
    return try DurableFile.names(in: path).filter { $0.hasPrefix("unit-") && $0.hasSuffix(".json") }
      .map { "\(path)/\($0)" }
  }

  /// Reads a manifest.
  ///
  /// - Throws: `PipelineError.data` where it is damaged, or that of another unit than its name says.
  func manifest(at path: String, of model: String) throws -> Manifest {
    let manifest = try Manifest(path: path)
    guard manifest.unit.model == model, directory.manifest(of: manifest.unit) == path else {
      throw PipelineError(.data, "the manifest of another unit", at: path)
    }
    return manifest
  }

  /// Rows up to the end of the last unit that is published under any model.
  func coveredRows(of models: [String]) throws -> Int64 {
    var rows: Int64 = 0
    for model in models {
      for path in try manifestPaths(of: model) {
        if let manifest = try? manifest(at: path, of: model) { rows = max(rows, manifest.unit.rows.upperBound) }
      }
    }
    return rows
  }
}
