import SalienceFoundation

extension Run {
  /// A prepared run: what was there of it, and the lock that tells other processes of this one.
  struct Prepared: Sendable {
    let recovery: Journal.Recovery
    let presence: RunPresence
  }

  /// Makes the directory the run's own: refuses another run's, removes it, or goes on with it.
  func prepare() throws -> Prepared {
    if options.resume, options.overwrite {
      throw PipelineError(.usage, "--resume and --overwrite exclude each other", at: "--overwrite")
    }
    if options.shard != nil, options.overwrite {
      // The shards start at different times, and the later ones would remove what the earlier ones made.
      throw PipelineError(.usage, "--overwrite cannot be used with --shard", at: "--overwrite")
    }
    let goesOn = options.resume || options.shard != nil
    let held = layout.holdsRun()
    if held, !options.overwrite {
      if !goesOn { throw exists }
      if !DurableFile.exists(layout.fingerprint), holdsTables() {
        throw PipelineError(.refused, "tables of unknown origin are here, which no run can go on with", at: layout.path)
      }
    }
    let presence = try RunPresence(layout)
    if options.overwrite, held || DurableFile.exists(layout.fingerprint) {
      guard presence.isAlone else {
        throw PipelineError(
          .refused, "another process works on the run that is here; --overwrite has to wait for its end",
          at: layout.path)
      }
      try layout.removeRun()
    } else if !goesOn, DurableFile.exists(layout.fingerprint) {
      // Another process was quicker.
      throw exists
    }
    try fingerprint.claim(layout, isAlone: presence.isAlone)
    let recovery = try journal.recover(models: models.map(\.name))
    for unit in recovery.published { publishedUnit(unit) }
    try removeLogs(recovery)
    try presence.share()
    return Prepared(recovery: recovery, presence: presence)
  }

  /// Removes the logs of published units, but for those that a greater limit would go on with.
  func removeLogs(_ recovery: Journal.Recovery) throws {
    let complete = recovery.published.filter {
      $0.rows.count >= fingerprint.unitRows || recovery.last.contains($0)
    }
    try RowLog.remove(of: complete, in: layout)
  }

  private var exists: PipelineError { Self.existing(layout) }

  /// The error for a run where one is already.
  public static func existing(_ layout: RunLayout) -> PipelineError {
    PipelineError(.refused, "a run exists here; --resume goes on with it, --overwrite replaces it", at: layout.path)
  }

  private func holdsTables() -> Bool {
    RunLayout.tables.contains { DurableFile.exists("\(layout.path)/\($0)") }
  }
}
