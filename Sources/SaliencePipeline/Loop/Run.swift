import SalienceDatasets
import SalienceFoundation
import SalienceJSON
import SalienceReports
import SalienceTensors
import Synchronization

/// Scores a dataset under one or more models and publishes the tables.
///
/// Rows stream through reading, tokenising, scoring and writing, with bounded queues between; memory does not grow with
/// the dataset. A run is executed once.
public final class Run: Sendable {
  /// A model of the run, loaded when its first unit is due.
  public struct Model: Sendable {
    /// NAME in `model=NAME`.
    public let name: String
    /// Throws where the model's files are not any more those that the run's fingerprint tells of.
    public let checkFiles: @Sendable () throws -> Void
    public let load: @Sendable () async throws -> any ModelScorer

    public init(
      name: String, checkFiles: @escaping @Sendable () throws -> Void = {},
      load: @escaping @Sendable () async throws -> any ModelScorer
    ) {
      self.name = name
      self.checkFiles = checkFiles
      self.load = load
    }
  }

  /// How the run is divided and what it does with an earlier run.
  public struct Options: Sendable {
    /// Units this process works on; nil for all.
    public var shard: UnitShard?
    /// Whether to go on with the run that is there.
    public var resume: Bool
    /// Whether to remove the run that is there.
    public var overwrite: Bool
    public var maxBadRows: BadRowLimit
    /// How long a scored row of a unit in flight may wait to be kept on disk.
    public var keepInterval: Duration
    /// Bytes of text from which on a slice of a unit takes no further row: what memory holds of long texts.
    public var sliceBytes: Int

    /// Of a run that nobody asks otherwise of.
    public static let standardSliceBytes = 8 << 20

    public init(
      shard: UnitShard? = nil, resume: Bool = false, overwrite: Bool = false, maxBadRows: BadRowLimit = .standard,
      keepInterval: Duration = .seconds(5), sliceBytes: Int = standardSliceBytes
    ) {
      self.keepInterval = keepInterval
      self.sliceBytes = sliceBytes
      self.shard = shard
      self.resume = resume
      self.overwrite = overwrite
      self.maxBadRows = maxBadRows
    }
  }

  /// What the run reads from and writes with.
  public struct Resources: Sendable {
    /// Opens the dataset at its beginning; called once a model.
    public var openDataset: @Sendable () throws -> any RecordReader
    /// Throws where the dataset's files are not any more those that the run's fingerprint tells of.
    public var checkDataset: @Sendable () throws -> Void
    /// Opens the tables of a unit in a staging directory, as `TABLE.parquet`.
    public var openTables: @Sendable (_ directory: String) throws -> any ExampleSink
    /// Called after a unit is published and its memory is freed.
    public var unitPublished: @Sendable () -> Void
    /// Work of a second stage, begun when every table is complete and before the finishing step; none unless given.
    public var afterScoring: (@Sendable (_ run: Run) async throws -> Void)?
    /// Further outputs of the finishing step, `tokens.csv` for one, written when every table is complete: into a staging
    /// directory, whose files then move beside the tables.
    public var finish: @Sendable (_ run: RunLayout, _ staging: String) throws -> Void
    /// What `run.json` says besides and only the end of the run knows.
    public var closingFacts: @Sendable () -> [JSONMember]
    /// What matrix products were computed in, which only the end of the run knows; the fingerprint's precision alone
    /// where nil.
    public var precisions: (@Sendable () -> [Precision])?

    public init(
      openDataset: @escaping @Sendable () throws -> any RecordReader,
      checkDataset: @escaping @Sendable () throws -> Void = {},
      openTables: @escaping @Sendable (_ directory: String) throws -> any ExampleSink,
      unitPublished: @escaping @Sendable () -> Void = {},
      afterScoring: (@Sendable (_ run: Run) async throws -> Void)? = nil,
      finish: @escaping @Sendable (_ run: RunLayout, _ staging: String) throws -> Void = { _, _ in },
      closingFacts: @escaping @Sendable () -> [JSONMember] = { [] },
      precisions: (@Sendable () -> [Precision])? = nil
    ) {
      self.openDataset = openDataset
      self.checkDataset = checkDataset
      self.openTables = openTables
      self.unitPublished = unitPublished
      self.afterScoring = afterScoring
      self.finish = finish
      self.closingFacts = closingFacts
      self.precisions = precisions
    }
  }

  public let layout: RunLayout
  let fingerprint: RunFingerprint
  let models: [Model]
  let options: Options
  let resources: Resources
  let facts: RunFacts
  let progress: RunProgress
  let journal: Journal
  private let stopping = Mutex<(interruption: Interruption?, stop: (@Sendable () -> Void)?)>((nil, nil))
  /// Rows of published units, and how many rows an earlier attempt had scored of others.
  private let kept = Mutex<(published: [String: [Int: Int]], takenOver: Int)>(([:], 0))

  /// - Parameters:
  ///   - fingerprint: names the rows of a unit and the limit as well; its models are those of `models`.
  ///   - facts: what `run.json` says of the program and the device.
  public init(
    layout: RunLayout, fingerprint: RunFingerprint, models: [Model], options: Options, resources: Resources,
    facts: RunFacts, progress: RunProgress
  ) {
    self.layout = layout
    self.fingerprint = fingerprint
    self.models = models
    self.options = options
    self.resources = resources
    self.facts = facts
    self.progress = progress
    journal = Journal(
      layout,
      run: Dictionary(models.map { ($0.name, fingerprint.digest(of: $0.name)) }) { first, _ in first })
  }

  /// Stops the run: units that are scored are still published, then `execute` throws the interruption's error.
  public func cancel(_ interruption: Interruption) {
    let stop = stopping.withLock { state in
      if state.interruption == nil { state.interruption = interruption }
      return state.stop
    }
    stop?()
  }

  /// Scores what is not published yet and, when every unit is there, finishes the run.
  ///
  /// - Returns: what the run came to; `isFinished` is false where other shards have units left.
  /// - Throws: `PipelineError`: `refused` for a run that exists or differs; an interruption's error; else what a
  ///   reader, a scorer or a writer threw.
  public func execute() async throws -> RunSummary {
    let start = ContinuousClock.now
    do {
      // It may have to wait for another process. The lock goes with the value, at the end.
      let prepared = try await interruptible { try self.prepare() }
      defer { withExtendedLifetime(prepared) {} }
      return try await execute(prepared.recovery, since: start)
    } catch let error as PipelineError where error.isInterruption {
      // Read from the disk, so that it is true whatever could not be written any more.
      let rows = try? await BlockingQueue("count").run { try self.keptRows() }
      throw error.keeping(rows: rows)
    }
  }

  private func execute(_ recovery: Journal.Recovery, since start: ContinuousClock.Instant) async throws -> RunSummary {
    countRows()
    let showing = progress.showRegularly()
    defer {
      showing?.cancel()
      progress.leave()
    }
    var rows: Int64?
    for model in models {
      try checkInterruption()
      let count = try await score(model, recovery)
      if let rows, rows != count {
        throw PipelineError(.data, "the dataset had \(rows) rows under one model and \(count) under another")
      }
      rows = count
    }
    try checkInterruption()
    if let stage = resources.afterScoring, holdsEveryUnit(rows: rows ?? 0), !layout.isFinished() {
      try await stage(self)
    }
    try checkInterruption()
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    let summary = try await interruptible { [rows] in try self.finish(rows: rows ?? 0, seconds: elapsed) }
    progress.finish()
    return summary
  }

  /// Whether every unit of every model is published, by this process or another.
  private func holdsEveryUnit(rows: Int64) -> Bool {
    models.allSatisfy { model in
      (0..<Unit.count(rows: rows, unitRows: fingerprint.unitRows)).allSatisfy { index in
        DurableFile.exists(layout.manifest(of: Unit(model: model.name, index: index, rows: 0..<0)))
      }
    }
  }

  /// Notes that a unit is published.
  func publishedUnit(_ unit: Unit) {
    kept.withLock { $0.published[unit.model, default: [:]][unit.index] = unit.rows.count }
  }

  /// Notes rows of units in flight that an earlier attempt has scored.
  func takeOver(_ rows: Int) { kept.withLock { $0.takenOver += rows } }

  /// Rows that an earlier attempt had scored of units that this one published.
  var takenOver: Int { kept.withLock { $0.takenOver } }

  /// Rows that need not be scored again, over all models: those of published units and those on disk of others.
  private func keptRows() throws -> Int {
    var rows = kept.withLock { $0.published }
    for log in try RowLog.kept(in: layout, run: journal.run ?? [:]) {
      rows[log.model, default: [:]][log.unit] = max(rows[log.model]?[log.unit] ?? 0, log.rows)
    }
    return rows.values.reduce(0) { $0 + $1.values.reduce(0, +) }
  }

  /// Throws the interruption that was asked for, if one was.
  func checkInterruption() throws {
    if let interruption = stopping.withLock({ $0.interruption }) { throw interruption.error }
  }

  /// Has `stop` called when the run is cancelled, at once if it was already.
  func onInterruption(_ stop: (@Sendable () -> Void)?) {
    let isInterrupted = stopping.withLock { state in
      state.stop = stop
      return state.interruption != nil
    }
    if isInterrupted { stop?() }
  }

  /// Runs blocking work, but leaves it behind when the run is cancelled.
  private func interruptible<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    let outcome = BoundedChannel<Result<Value, any Error>>(capacity: 1)
    onInterruption { outcome.finish() }
    defer { onInterruption(nil) }
    Task {
      do {
        await outcome.send(.success(try await BlockingQueue("finish").run(work)))
      } catch {
        await outcome.send(.failure(error))
      }
    }
    guard let result = await outcome.receive() else {
      try checkInterruption()
      throw CancellationError()
    }
    return try result.get()
  }

  /// Counts the dataset's rows on the side, so that progress can tell the time left.
  private func countRows() {
    guard progress.wantsTotal else { return }
    Task {
      let total = try? await BlockingQueue("count").run {
        let limit = self.fingerprint.limit.map { Int(clamping: $0) } ?? .max
        let reader = try self.resources.openDataset()
        var rows = 0
        while rows < limit {
          let passed = try reader.skip(min(65_536, limit - rows))
          rows += passed
          if passed == 0 { break }
        }
        return rows
      }
      // A dataset that cannot be read through shows when the run gets there.
      guard let total else { return }
      let units = Unit.count(rows: Int64(total), unitRows: self.fingerprint.unitRows)
      var mine = 0
      for index in 0..<units where self.options.shard?.contains(index) ?? true {
        mine += min(self.fingerprint.unitRows, total - index * self.fingerprint.unitRows)
      }
      self.progress.setTotal(mine * self.models.count)
    }
  }
}
