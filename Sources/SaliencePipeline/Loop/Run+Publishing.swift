import SalienceFoundation

extension Run {
  /// Verifies every unit and, when all are there, writes `run.json`, the other outputs and, last, `_SUCCESS`.
  func finish(rows: Int64, seconds: Double) throws -> RunSummary {
    try checkInputs()
    // Another process may have ended, or be slow, between a manifest's name and its parts' names.
    let recovery = try journal.recover(models: models.map(\.name))
    try removeLogs(recovery)
    guard recovery.lost.isEmpty else {
      throw PipelineError(
        .retry,
        "\(recovery.lost.count) units were published by another process and lost; the same command with --resume"
          + " scores them again", at: layout.path)
    }
    let check = try journal.verify(models: models.map(\.name), rows: rows, unitRows: fingerprint.unitRows)
    if let fault = check.faults.first {
      // A run that was finished and does not verify is finished no more.
      try DurableFile.remove(layout.success)
      let more = check.faults.count > 1 ? " (and \(check.faults.count - 1) more)" : ""
      throw PipelineError(
        .data, "the run does not verify: \(fault)\(more); remove that file, and --resume scores its unit again",
        at: layout.path)
    }
    let results = models.map { model in
      check.manifests.filter { $0.unit.model == model.name }
        .reduce(into: RunSummary.Model(name: model.name)) { result, manifest in
          result.counts += manifest.counts
          result.totals += manifest.totals
          result.units += 1
        }
    }
    let summary = RunSummary(
      rows: rows, models: results, missingUnits: check.missing.count, seconds: seconds, takenOver: takenOver,
      exceedsBadRowLimit: check.missing.isEmpty && options.maxBadRows.isExceeded(by: results.map(\.counts)))
    guard check.missing.isEmpty else {
      if options.shard == nil {
        throw PipelineError(
          .retry,
          "\(check.missing.count) units were removed while the run went on; the same command with --resume"
            + " scores them again", at: layout.path)
      }
      return summary
    }
    if layout.isFinished() { return summary }
    do {
      try publishFiles { try resources.finish(layout, $0) }
    } catch {
      // A shard that came to its end at the same time may have finished the run, and then cleared its directory.
      if layout.isFinished() { return summary }
      throw error
    }
    try checkInputs()
    try journal.holdingRun {
      try replace(layout.runFile, with: runFile(summary).text(pretty: true) + "\n")
      try replace(layout.success, with: "")
    }
    // It took the place of work that is done now.
    try? DurableFile.removeTree(layout.influenceState)
    return summary
  }

  /// Throws where an input is not any more what the run's fingerprint tells of.
  private func checkInputs() throws {
    try resources.checkDataset()
    for model in models { try model.checkFiles() }
  }

  private func replace(_ path: String, with text: String) throws {
    let name = path.dropFirst(layout.path.count + 1)
    try publishFiles { try DurableFile.write(text, to: "\($0)/\(name)") }
  }

  /// Gives files their names in the run directory when all of them are complete.
  private func publishFiles(_ write: (_ staging: String) throws -> Void) throws {
    let attempt = try journal.begin(Unit(model: "", index: 0, rows: 0..<0))
    defer { try? journal.discard(attempt) }
    try write(attempt.path)
    for name in try DurableFile.names(in: attempt.path) {
      let path = "\(layout.path)/\(name)"
      guard try DurableFile.rename("\(attempt.path)/\(name)", to: path) else {
        throw PipelineError(.io, "cannot be written", at: path)
      }
    }
    try DurableFile.sync(layout.path)
  }
}
