import SalienceReports

extension Run {
  /// Writes a complete unit's tables and publishes them.
  ///
  /// - Returns: rows that were quarantined.
  func publish(_ complete: UnitInFlight) throws -> Int {
    let (slots, seconds) = complete.takeResults()
    var counts = RowCounts()
    var totals = UnitTotals()
    totals.seconds = seconds
    let attempt = try journal.begin(complete.unit)
    let tables: any ExampleSink
    do {
      tables = try resources.openTables(attempt.path)
    } catch {
      try? journal.discard(attempt)
      throw error
    }
    do {
      for slot in slots {
        switch slot {
        case .scored(let scored):
          try tables.append(scored)
          counts.ok += scored.status == .ok ? 1 : 0
          counts.empty += scored.status == .empty ? 1 : 0
          totals.add(scored)
        case .failed(let failed):
          try tables.append(failed)
          counts.quarantined += 1
        }
      }
      let staged = try tables.finish()
      let rows = Table.allCases.map { table in
        (table: table.rawValue, rows: staged.first { $0.table == table }?.rows ?? 0)
      }
      _ = try journal.commit(attempt, rows: rows, counts: counts, totals: totals)
    } catch {
      tables.cancel()
      // Once the manifest has its name the unit is published, and only recovery may move its staged parts.
      if !journal.isPublished(complete.unit) { try? journal.discard(attempt) }
      throw error
    }
    return counts.quarantined
  }

  /// Verifies every unit and, when all are there, writes `run.json`, the other outputs and, last, `_SUCCESS`.
  func finish(rows: Int64, seconds: Double) throws -> RunSummary {
    let check = try journal.verify(models: models.map(\.name), rows: rows, unitRows: fingerprint.unitRows)
    if let fault = check.faults.first {
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
      rows: rows, models: results, missingUnits: check.missing.count, seconds: seconds,
      exceedsBadRowLimit: check.missing.isEmpty && options.maxBadRows.isExceeded(by: results.map(\.counts)))
    guard check.missing.isEmpty else {
      if options.shard == nil {
        throw PipelineError(.software, "\(check.missing.count) units are missing at the end", at: layout.path)
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
    try replace(layout.runFile, with: runFile(summary).text(pretty: true) + "\n")
    // Whoever still works on a unit does so in vain; its directory would only stay behind.
    try journal.removeTemporaries { _ in true }
    try replace(layout.success, with: "")
    return summary
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
