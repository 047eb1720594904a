import SalienceDatasets
import SalienceReports
import Synchronization

extension Run {
  /// Scores the units of one model that are this process's and not published yet.
  ///
  /// - Parameter recovery: what is published.
  /// - Returns: rows of the dataset, up to the limit.
  func score(_ model: Model, _ recovery: Journal.Recovery) async throws -> Int64 {
    let stages = ModelStages(run: self, model: model, recovery)
    onInterruption { stages.stop(nil) }
    defer { onInterruption(nil) }
    let result = await stages.run { (try? self.checkInterruption()) == nil }
    try checkInterruption()
    return try result.get()
  }
}

/// The tasks that carry one model's rows from the dataset to the journal, and the queues between them.
final class ModelStages: Sendable {
  let run: Run
  let model: Run.Model
  /// Published units, by their index: rows, and whether the dataset ends there.
  let published: [Int: (rows: Int, endsDataset: Bool)]
  let keeper: RowKeeper
  let slices = BoundedChannel<SliceInFlight>(capacity: 1)
  let batches = BoundedChannel<Batch>(capacity: 2)
  let complete = BoundedChannel<SliceInFlight>(capacity: 1)
  /// An element for each slice between reading and writing, so that a slow row does not let texts pile up behind it.
  let permits = BoundedChannel<Void>(capacity: SliceInFlight.inFlight)
  /// Rows of the dataset that were passed.
  let rows = Mutex<Int64>(0)
  /// Scoring tasks that have not ended.
  let working = Mutex(0)
  private let state: Mutex<(failure: (any Error)?, isStopped: Bool, tasks: [Task<Void, Never>])>
  private let failures: BoundedChannel<any Error>

  init(run: Run, model: Run.Model, _ recovery: Journal.Recovery) {
    let failures = BoundedChannel<any Error>(capacity: 1)
    self.run = run
    self.model = model
    self.failures = failures
    state = Mutex((nil, false, []))
    let own = recovery.published.filter { $0.model == model.name }
    published = Dictionary(own.map { ($0.index, ($0.rows.count, recovery.last.contains($0))) }) { first, _ in first }
    keeper = RowKeeper(
      run.layout, run: run.fingerprint.digest(of: model.name), model: model.name, interval: run.options.keepInterval,
      check: model.checkFiles, failed: { error in Task { await failures.send(error) } })
  }

  /// Runs the stages to their end; rows of the dataset.
  ///
  /// - Parameter isInterrupted: whether to leave behind what is being scored instead of waiting for it.
  func run(isInterrupted: @Sendable () -> Bool) async -> Result<Int64, any Error> {
    let watch = Task { if let error = await failures.receive() { self.stop(error) } }
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
    await keeper.close()
    watch.cancel()
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
    // First of all, because there may be little time: what is scored and waits to be written.
    keeper.flush()
    // Before the tasks: a slice that waits for room is complete and must not be dropped with its task.
    complete.finish()
    slices.finish()
    batches.finish()
    permits.finish()
    for task in tasks { task.cancel() }
  }

  func start(_ body: @escaping @Sendable () async throws -> Void) {
    let task = Task {
      do { try await body() } catch { self.stop(error) }
    }
    let isStopped = state.withLock { state in
      state.tasks.append(task)
      return state.isStopped
    }
    if isStopped { task.cancel() }
  }
}
