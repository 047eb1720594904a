extension Journal {
  /// What recovery found and did.
  public struct Recovery: Sendable, Equatable {
    /// Units whose manifest is published and whose parts are in place.
    public var published: Set<Unit> = []
    /// Units whose parts were lost; their manifests are removed, so that they are scored again.
    public var lost: [Unit] = []
  }

  /// Brings the directory back to order after a crash: repeats missing renames, then removes temporaries of processes
  /// that are gone.
  ///
  /// - Parameter models: names of the run's models.
  /// - Throws: `PipelineError`: `io` naming the path; `data` where a manifest is damaged.
  public func recover(models: [String]) throws -> Recovery {
    var recovery = Recovery()
    for model in models {
      for manifest in try manifests(of: model) {
        if try place(manifest) == nil {
          recovery.published.insert(manifest.unit)
        } else {
          // A finished run with a hole is not finished.
          try DurableFile.remove(directory.success)
          try DurableFile.remove(directory.manifest(of: manifest.unit))
          recovery.lost.append(manifest.unit)
        }
      }
    }
    try removeTemporaries(where: Attempt.isStale)
    return recovery
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

  /// Removes staging directories, and with them the second names of manifests.
  func removeTemporaries(where isUnwanted: (String) -> Bool) throws {
    for name in try DurableFile.names(in: directory.state) where name.hasPrefix("tmp-") && isUnwanted(name) {
      try DurableFile.removeTree("\(directory.state)/\(name)")
    }
  }
}
