import SalienceDatasets

extension ModelStages {
  /// Reads the units that are this process's and not published, slice by slice, and passes over the others.
  func read() async throws {
    defer { slices.finish() }
    let queue = BlockingQueue("read")
    let source = try await queue.run { Reading(try self.run.resources.openDataset()) }
    let unitRows = run.fingerprint.unitRows
    var index = 0
    var first: Int64 = 0
    while !Task.isCancelled {
      let wanted = min(unitRows, Int(clamping: (run.fingerprint.limit ?? .max) - first))
      let isOurs = run.options.shard?.contains(index) ?? true
      let passed: Int
      if isOurs, !isComplete(index, wanted: wanted) {
        guard let count = try await read(index, first: first, wanted: wanted, from: source, on: queue) else { return }
        passed = count
      } else {
        passed = try await queue.run { try source.skip(wanted) }
        if isOurs { run.progress.skip(passed) }
      }
      first += Int64(passed)
      rows.withLock { [first] in $0 = first }
      index += 1
      if passed < wanted || passed == 0 { return }
    }
  }

  /// Whether a unit is published with all of its rows: one that a smaller limit cut is not.
  private func isComplete(_ index: Int, wanted: Int) -> Bool {
    published[index].map { $0.rows >= wanted || $0.endsDataset } ?? false
  }

  /// Reads a unit.
  ///
  /// - Returns: how many rows it has: fewer than wanted where the dataset ends; nil where the stages are stopped.
  private func read(
    _ index: Int, first: Int64, wanted: Int, from source: Reading, on queue: BlockingQueue
  ) async throws -> Int? {
    let started = ContinuousClock.now
    var log: RowLog?
    var (count, number, isLast) = (0, 0, wanted == 0)
    while !isLast {
      guard await permits.send(()) else { return nil }
      let (records, isAtEnd) = try await queue.run { [count] in
        let taken = try source.take(wanted - count, bytes: self.run.options.sliceBytes)
        // What was read until now was read from the files that the run's fingerprint tells of.
        try self.run.resources.checkDataset()
        return taken
      }
      if isAtEnd, count + records.count == 0 { return 0 }
      let open = try await queue.run { [log] in try log ?? self.keeper.log(ofUnit: index) }
      log = open
      isLast = isAtEnd || count + records.count == wanted
      let slice = SliceInFlight(
        unit: index, number: number, first: first + Int64(count), records: records, isLast: isLast,
        endsDataset: isAtEnd, log: open, started: started)
      guard await slices.send(slice) else { return nil }
      count += records.count
      number += 1
    }
    return count
  }
}

/// A reader that moves between the jobs of one serial queue, which is what makes sharing it sound.
private final class Reading: @unchecked Sendable {
  private let reader: any RecordReader

  init(_ reader: any RecordReader) { self.reader = reader }

  func skip(_ count: Int) throws -> Int { try reader.skip(count) }

  /// Up to `count` records, and no further one when their texts have `bytes`.
  func take(_ count: Int, bytes: Int) throws -> (records: [DatasetRecord], isAtEnd: Bool) {
    var (records, size) = ([DatasetRecord](), 0)
    while records.count < count, size < bytes {
      guard let record = try reader.next() else { return (records, true) }
      records.append(record)
      size += record.textBytes
    }
    return (records, false)
  }
}

extension DatasetRecord {
  /// Bytes of the texts that a run holds in memory for the record.
  public var textBytes: Int {
    guard case .example(let example, _) = self else { return 0 }
    let texts =
      [example.id, example.text, example.textPair, example.label, example.rationale, example.spans]
      + (example.labels ?? []) + example.kept
    return texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
  }
}
