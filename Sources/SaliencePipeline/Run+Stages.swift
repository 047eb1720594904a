import SalienceDatasets
import SalienceReports
import Synchronization

extension Run {
  /// Scores the units of one model that are this process's and not published yet.
  ///
  /// - Returns: rows of the dataset, up to the limit.
  func score(_ model: Model, published: Set<Int>) async throws -> Int64 {
    let stages = ModelStages(run: self, model: model, published: published)
    onInterruption { stages.stop(nil) }
    defer { onInterruption(nil) }
    let result = await stages.run { (try? self.checkInterruption()) == nil }
    try checkInterruption()
    return try result.get()
  }
}

/// The tasks that carry one model's rows from the dataset to the journal, and the queues between them.
final class ModelStages: Sendable {
  private struct ReadUnit: Sendable {
    let unit: Unit
    let records: [DatasetRecord]
  }

  private let run: Run
  private let model: Run.Model
  private let published: Set<Int>
  private let units = BoundedChannel<ReadUnit>(capacity: 1)
  private let batches = BoundedChannel<Batch>(capacity: 2)
  private let complete = BoundedChannel<UnitInFlight>(capacity: 1)
  private let state = Mutex<(failure: (any Error)?, isStopped: Bool, tasks: [Task<Void, Never>])>((nil, false, []))
  private let rows = Mutex<Int64>(0)
  /// Scoring tasks that have not ended.
  private let working = Mutex(0)

  init(run: Run, model: Run.Model, published: Set<Int>) {
    self.run = run
    self.model = model
    self.published = published
  }

  /// Runs the stages to their end; rows of the dataset.
  ///
  /// - Parameter isInterrupted: whether to leave behind what is being scored instead of waiting for it.
  func run(isInterrupted: @Sendable () -> Bool) async -> Result<Int64, any Error> {
    start { try await self.read() }
    start { try await self.tokenizeAndScore() }
    // Not cancelled with the others: what is complete is to be published.
    let writer = Task {
      do { try await self.write() } catch { self.stop(error) }
    }
    await writer.value
    if !isInterrupted() {
      for task in state.withLock({ $0.tasks }) { await task.value }
    }
    if let failure = state.withLock({ $0.failure }) { return .failure(failure) }
    return .success(rows.withLock { $0 })
  }

  /// Ends all stages but the writer, which goes on to what is complete; the first error is kept.
  func stop(_ error: (any Error)?) {
    let tasks = state.withLock { state in
      if state.failure == nil { state.failure = error }
      state.isStopped = true
      return state.tasks
    }
    // Before the tasks: a unit that waits for room is complete and must not be dropped with its task.
    complete.finish()
    units.finish()
    batches.finish()
    for task in tasks { task.cancel() }
  }

  private func start(_ body: @escaping @Sendable () async throws -> Void) {
    let task = Task {
      do { try await body() } catch { self.stop(error) }
    }
    let isStopped = state.withLock { state in
      state.tasks.append(task)
      return state.isStopped
    }
    if isStopped { task.cancel() }
  }

  // MARK: Reading

  private func read() async throws {
    defer { units.finish() }
    let queue = BlockingQueue("read")
    let source = try await queue.run { Reading(try self.run.resources.openDataset()) }
    let unitRows = run.fingerprint.unitRows
    var index = 0
    var first: Int64 = 0
    while !Task.isCancelled {
      let wanted = min(unitRows, Int(clamping: (run.fingerprint.limit ?? .max) - first))
      let isOurs = run.options.shard?.contains(index) ?? true
      let isNeeded = isOurs && !published.contains(index)
      let (passed, records) = try await queue.run { try source.take(wanted, keeping: isNeeded) }
      rows.withLock { $0 = first + Int64(passed) }
      if passed == 0 { return }
      if isNeeded {
        let unit = Unit(model: model.name, index: index, rows: first..<(first + Int64(passed)))
        guard await units.send(ReadUnit(unit: unit, records: records)) else { return }
      } else if isOurs {
        run.progress.skip(passed)
      }
      first += Int64(passed)
      index += 1
      if passed < wanted { return }
    }
  }

  // MARK: Tokenising and scoring

  private func tokenizeAndScore() async throws {
    guard let firstUnit = await units.receive() else {
      complete.finish()
      return
    }
    let scorer = try await model.load()
    run.progress.beginScoring()
    working.withLock { $0 = max(scorer.concurrency, 1) }
    for _ in 0..<max(scorer.concurrency, 1) {
      start {
        try await self.scoreBatches(scorer)
        // The last to leave closes the way to the writer.
        let isLast = self.working.withLock { working in
          working -= 1
          return working == 0
        }
        if isLast { self.complete.finish() }
      }
    }
    defer { batches.finish() }
    let queue = BlockingQueue("tokenize")
    var next: ReadUnit? = firstUnit
    while let read = next {
      let (unit, ready) = try await queue.run { try self.tokenize(read, scorer: scorer) }
      let rows = ready.flatMap(\.rows)
      run.progress.pass(read.unit.rows.count - rows.count)
      run.progress.prepare(rows.count, work: rows.reduce(0) { $0 + scorer.work($1) })
      if ready.isEmpty {
        guard await complete.send(unit) else { return }
      }
      for batch in ready {
        guard await batches.send(batch) else { return }
      }
      next = await units.receive()
    }
  }

  private func tokenize(_ read: ReadUnit, scorer: any ModelScorer) throws -> (UnitInFlight, [Batch]) {
    let locations = read.records.map { record in
      switch record {
      case .example(_, let location): location
      case .bad(let row): row.location
      }
    }
    let unit = UnitInFlight(unit: read.unit, locations: locations)
    var encoded: [EncodedExample] = []
    for (offset, record) in read.records.enumerated() {
      let row = read.unit.rows.lowerBound + Int64(offset)
      switch record {
      case .bad(let bad) where bad.row == row: _ = unit.fill(row, with: .failed(FailedRow(bad)))
      case .example(let example, _) where example.row == row:
        do {
          encoded.append(EncodedExample(example: example, windows: try scorer.encode(example)))
        } catch {
          _ = unit.fill(row, with: unit.failure(of: example, stage: .tokenize, error))
        }
      default: throw PipelineError(.software, "a record has another index than its row \(row)")
      }
    }
    let batches = Batcher.batches(
      of: encoded, unit: unit, tokenBudget: scorer.tokenBudget, concurrency: scorer.concurrency)
    return (unit, batches)
  }

  private func scoreBatches(_ scorer: any ModelScorer) async throws {
    while let batch = await batches.receive() {
      let results = try await scorer.score(batch.rows)
      guard results.count == batch.rows.count else {
        throw PipelineError(.software, "\(results.count) results for a batch of \(batch.rows.count) rows")
      }
      var isComplete = false
      for (row, result) in zip(batch.rows, results) {
        let slot: UnitInFlight.Slot =
          switch result {
          case .success(let scored) where scored.isFinite:
            .scored(scorer.completed(scored, from: batch.unit.file(of: row.example.row)))
          case .success:
            batch.unit.failure(of: row.example, stage: .score, RowFailure("a score is not a finite number"))
          case .failure(let failure): batch.unit.failure(of: row.example, stage: .score, failure)
          }
        isComplete = batch.unit.fill(row.example.row, with: slot) || isComplete
      }
      run.progress.advance(batch.rows.count, work: batch.rows.reduce(0) { $0 + scorer.work($1) })
      if isComplete { guard await complete.send(batch.unit) else { return } }
    }
  }

  // MARK: Writing

  private func write() async throws {
    let queue = BlockingQueue("write")
    while let unit = await complete.receive() {
      let quarantined = try await queue.run {
        defer { self.run.resources.unitPublished() }
        return try self.run.publish(unit)
      }
      run.progress.publish(unit.unit, quarantined: quarantined)
    }
  }
}

/// A reader that moves between the jobs of one serial queue, which is what makes sharing it sound.
private final class Reading: @unchecked Sendable {
  private let reader: any RecordReader

  init(_ reader: any RecordReader) { self.reader = reader }

  func take(_ count: Int, keeping: Bool) throws -> (passed: Int, records: [DatasetRecord]) {
    guard keeping else { return (try reader.skip(count), []) }
    var records: [DatasetRecord] = []
    while records.count < count, let record = try reader.next() { records.append(record) }
    return (records.count, records)
  }
}

extension ScoredExample {
  /// Whether the numbers the tables hold are all finite.
  fileprivate var isFinite: Bool {
    prediction.probability.isFinite && prediction.logits.allSatisfy(\.isFinite)
      && explanations.allSatisfy { explanation in
        explanation.output.isFinite && explanation.attributions.allSatisfy(\.isFinite)
          && explanation.normalized.allSatisfy(\.isFinite) && (explanation.convergenceDelta?.isFinite ?? true)
      }
  }
}
