import Foundation
import SalienceTensors

/// Executors of a session that no thread is using: each is lent to one thread at a time.
final class ExecutorShelf: @unchecked Sendable {
  // Unchecked: everything mutable is touched under `condition` only.

  /// Which program of which model an executor runs.
  struct Key: Hashable {
    let model: ObjectIdentifier
    let program: Int
  }

  /// An executor and the most tokens (T) of its batches.
  struct Entry {
    let key: Key
    let executor: PathExecutor
    let capacity: Int
  }

  private let condition = NSCondition()
  private var idle: [Entry] = []
  private var lent = 0

  /// Runs `body` with an executor whose capacity lies in `capacities`: an idle one, or one that `make` makes of the
  /// least of them.
  ///
  /// An executor whose work fails is thrown away, for its stream may be half recorded.
  func lend<Answer>(
    _ key: Key, capacities: ClosedRange<Int>, make: (Int) throws -> PathExecutor,
    _ body: (PathExecutor) throws -> Answer
  ) throws -> Answer {
    var entry = take(key, capacities: capacities)
    defer { giveBack(entry) }
    let executor = try entry?.executor ?? make(capacities.lowerBound)
    let lentEntry = entry ?? Entry(key: key, executor: executor, capacity: capacities.lowerBound)
    entry = nil
    let answer = try body(executor)
    entry = lentEntry
    return answer
  }

  /// Throws idle executors away, of one model or of all, which gives their memory back.
  func clear(model: ObjectIdentifier? = nil) {
    let dropped = condition.withLock {
      let dropped = idle.filter { model == nil || $0.key.model == model }
      idle.removeAll { model == nil || $0.key.model == model }
      return dropped
    }
    // Executors wait for their device when they end; that must not happen under the lock.
    withExtendedLifetime(dropped) {}
  }

  /// Blocks until another thread has given an executor back.
  ///
  /// - Returns: false, at once, where no other thread uses one.
  func waitForAnother() -> Bool {
    condition.withLock {
      guard lent > 0 else { return false }
      let before = lent
      while lent >= before { condition.wait() }
      return true
    }
  }

  private func take(_ key: Key, capacities: ClosedRange<Int>) -> Entry? {
    var dropped: [Entry] = []
    let found: Entry? = condition.withLock {
      lent += 1
      let index = idle.firstIndex { $0.key == key && capacities.contains($0.capacity) }
      let entry = index.map { idle.remove(at: $0) }
      guard entry == nil else { return entry }
      // Models run one after another, and capacities grow: what fits no more gives its memory back here.
      dropped = idle.filter { $0.key.model != key.model || $0.key == key }
      idle.removeAll { $0.key.model != key.model || $0.key == key }
      return nil
    }
    withExtendedLifetime(dropped) {}
    return found
  }

  private func giveBack(_ entry: Entry?) {
    condition.withLock {
      lent -= 1
      if let entry { idle.append(entry) }
      condition.broadcast()
    }
  }
}
