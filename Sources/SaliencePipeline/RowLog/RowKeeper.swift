import Dispatch
import Synchronization

/// Keeps the rows of units in flight, so that a run that is stopped, however it is, loses seconds of work.
///
/// Rows wait for some seconds and are then written together; a thread of its own writes, so that scoring waits for no
/// disk.
final class RowKeeper: Sendable {
  private let directory: RunLayout
  private let run: String
  private let model: String
  private let interval: Duration
  private let check: @Sendable () throws -> Void
  private let failed: @Sendable (any Error) -> Void
  private let queue = DispatchQueue(label: "salience.keep")
  private let logs = Mutex<[Int: RowLog]>([:])

  /// - Parameters:
  ///   - run: digest of what the rows' numbers depend on.
  ///   - interval: how long a row may wait to be written.
  ///   - check: throws where the inputs are not any more what the digest says; then nothing is kept.
  ///   - failed: called, from the thread that writes, where rows cannot be kept.
  init(
    _ directory: RunLayout, run: String, model: String, interval: Duration,
    check: @escaping @Sendable () throws -> Void, failed: @escaping @Sendable (any Error) -> Void
  ) {
    self.directory = directory
    self.run = run
    self.model = model
    self.interval = interval
    self.check = check
    self.failed = failed
  }

  /// Reads what is there of a unit, whose rows can be kept from now on.
  ///
  /// - Throws: `FileFault` naming the path.
  func log(ofUnit index: Int) throws -> RowLog {
    let log = try RowLog(directory, run: run, model: model, unit: index)
    logs.withLock { $0[index] = log }
    return log
  }

  /// Keeps rows of a slice.
  func keep(_ rows: [(row: EncodedExample, slot: SliceInFlight.Slot)], of slice: SliceInFlight) {
    queue.async {
      do {
        try self.check()
        var isFirst = false
        for (row, slot) in rows {
          let bytes = LoggedRow.bytes(
            of: slot, row: row.example.row, windows: row.windows, seconds: slice.seconds)
          isFirst = slice.log.append(bytes) || isFirst
        }
        guard isFirst else { return }
        let nanoseconds = Int(clamping: Int64(self.interval / .nanoseconds(1)))
        self.queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { self.flush(slice.log) }
      } catch {
        self.failed(error)
      }
    }
  }

  private func flush(_ log: RowLog) {
    do { try log.flush() } catch { failed(error) }
  }

  /// Writes what waits, soon.
  func flush() {
    queue.async { for log in self.logs.withLock({ Array($0.values) }) { self.flush(log) } }
  }

  /// Forgets a unit that is published.
  ///
  /// - Parameter isCut: whether a limit cut the unit short: then its rows stay for a run with a greater one.
  /// - Throws: `FileFault` naming the path.
  func end(_ log: RowLog, isCut: Bool) throws {
    try queue.sync {
      if isCut {
        try log.flush()
        log.close()
      } else {
        try log.remove()
      }
      _ = logs.withLock { $0.removeValue(forKey: log.index) }
    }
  }

  /// Writes what waits and lets go of the files.
  func close() async {
    await withCheckedContinuation { continuation in
      queue.async {
        for log in self.logs.withLock({ Array($0.values) }) {
          self.flush(log)
          log.close()
        }
        continuation.resume()
      }
    }
  }
}
