extension Run {
  /// Makes the directory the run's own: refuses another run's, removes it, or goes on with it.
  func prepare() throws -> Journal.Recovery {
    if options.resume, options.overwrite {
      throw PipelineError(.usage, "--resume and --overwrite exclude each other", at: "--overwrite")
    }
    if options.shard != nil, options.overwrite {
      // The shards start at different times, and the later ones would remove what the earlier ones made.
      throw PipelineError(.usage, "--overwrite cannot be used with --shard", at: "--overwrite")
    }
    if layout.holdsRun() {
      if options.overwrite {
        try layout.removeRun()
      } else if !options.resume, options.shard == nil {
        throw PipelineError(
          .refused, "a run exists here; --resume goes on with it, --overwrite replaces it", at: layout.path)
      } else if !DurableFile.exists(layout.fingerprint), holdsTables() {
        throw PipelineError(.refused, "tables of unknown origin are here, which no run can go on with", at: layout.path)
      }
    }
    try fingerprint.claim(layout)
    return try journal.recover(models: models.map(\.name))
  }

  private func holdsTables() -> Bool {
    RunLayout.tables.contains { DurableFile.exists("\(layout.path)/\($0)") }
  }
}
