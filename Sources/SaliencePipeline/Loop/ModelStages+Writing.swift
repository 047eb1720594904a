import SalienceReports

extension ModelStages {
  /// Writes slices as they are complete, those of a unit in their order, and publishes units.
  func write() async throws {
    let queue = BlockingQueue("write")
    var open: [Int: UnitPublication] = [:]
    do {
      while let slice = await complete.receive() {
        let unit = open[slice.unit] ?? UnitPublication(run, model: model.name, keeper: keeper)
        open[slice.unit] = unit
        let (written, published) = try await queue.run {
          defer { self.run.resources.unitPublished() }
          return try unit.add(slice)
        }
        for _ in 0..<written { _ = await permits.receive() }
        if let published {
          open[slice.unit] = nil
          run.publishedUnit(published.unit)
          run.progress.publish(published.unit, quarantined: published.quarantined)
        }
      }
    } catch {
      for unit in open.values { try? await queue.run { unit.cancel() } }
      throw error
    }
    // The rest of these units was not scored any more.
    for unit in open.values { try? await queue.run { unit.cancel() } }
  }
}

/// Writes the tables of one unit, slice by slice, and publishes them after the last.
///
/// It moves between the jobs of one serial queue, which is what makes sharing it sound.
final class UnitPublication: @unchecked Sendable {
  private let run: Run
  private let model: String
  private let keeper: RowKeeper
  /// Complete slices that wait for one before them.
  private var waiting: [Int: SliceInFlight] = [:]
  private var written = 0
  private var first: Int64 = 0
  private var open: (attempt: Attempt, tables: any ExampleSink)?
  private var counts = RowCounts()
  private var totals = UnitTotals()

  init(_ run: Run, model: String, keeper: RowKeeper) {
    self.run = run
    self.model = model
    self.keeper = keeper
  }

  /// Takes a complete slice.
  ///
  /// - Returns: how many slices were written, and the unit where it is published, with its rows that were quarantined.
  func add(_ slice: SliceInFlight) throws -> (written: Int, published: (unit: Unit, quarantined: Int)?) {
    waiting[slice.number] = slice
    let before = written
    do {
      while let next = waiting.removeValue(forKey: written) {
        try write(next)
        written += 1
        guard next.isLast else { continue }
        return (written - before, (try publish(next), counts.quarantined))
      }
    } catch {
      cancel()
      throw error
    }
    return (written - before, nil)
  }

  /// Throws away what is written of the unit.
  func cancel() {
    guard let (attempt, tables) = open else { return }
    open = nil
    tables.cancel()
    // Once the manifest has its name the unit is published, and only recovery may move its staged parts.
    if !run.journal.isPublished(by: attempt) { try? run.journal.discard(attempt) }
  }

  private func write(_ slice: SliceInFlight) throws {
    if slice.number == 0 { first = slice.rows.lowerBound }
    let tables = try self.tables(slice)
    for slot in slice.takeSlots() {
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
    totals.seconds = slice.seconds
  }

  private func tables(_ slice: SliceInFlight) throws -> any ExampleSink {
    if let open { return open.tables }
    // The unit's end is not known yet; the attempt that is committed knows it.
    let attempt = try run.journal.begin(Unit(model: model, index: slice.unit, rows: slice.rows))
    do {
      let tables = try run.resources.openTables(attempt.path)
      open = (attempt, tables)
      return tables
    } catch {
      try? run.journal.discard(attempt)
      throw error
    }
  }

  private func publish(_ last: SliceInFlight) throws -> Unit {
    guard let (attempt, tables) = open else { throw PipelineError(.software, "a unit without slices is published") }
    let staged = try tables.finish()
    let rows = Table.allCases.map { table in
      (table: table.rawValue, rows: staged.first { $0.table == table }?.rows ?? 0)
    }
    let unit = Unit(model: model, index: last.unit, rows: first..<last.rows.upperBound)
    _ = try run.journal.commit(
      attempt.covering(unit), rows: rows, counts: counts, totals: totals, endsDataset: last.endsDataset)
    open = nil
    let isCut = !last.endsDataset && unit.rows.count < run.fingerprint.unitRows
    try keeper.end(last.log, isCut: isCut)
    return unit
  }
}
