import Foundation
import Glibc

/// Dedicated threads that take jobs in order, so that Swift's cooperative pool never blocks on a kernel.
///
/// The threads end, once the queued jobs are done, when neither a backend nor a model holds the pool any more.
final class WorkerPool: Sendable {
  /// State that one thread keeps between jobs, such as the streams of the models it has run.
  final class Context {
    var executors: [ExecutorKey: PreparedExecutor] = [:]
  }

  typealias Job = @Sendable (Context) -> Void

  let count: Int
  private let queue = JobQueue()

  init(count: Int) {
    self.count = count
    for index in 0..<count {
      // The threads hold the queue alone, so that they cannot keep the pool alive.
      let thread = Thread { [queue] in Self.work(queue) }
      thread.name = "salience-cpu-\(index)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit { queue.close() }

  /// Runs `body` on whichever thread is free first.
  func run<T: Sendable>(_ body: @escaping @Sendable (Context) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      queue.append { context in continuation.resume(with: Result { try body(context) }) }
    }
  }

  private static func work(_ queue: JobQueue) {
    useOneThread()
    let context = Context()
    while let job = queue.next() { job(context) }
  }

  /// Tells OpenMP, below oneDNN, to stay on this thread: each worker is a core already.
  private static func useOneThread() {
    guard let symbol = dlsym(nil, "omp_set_num_threads") else { return }
    unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Void).self)(1)
  }
}

/// Jobs waiting for a thread, first in, first out.
private final class JobQueue: @unchecked Sendable {
  // Unchecked: `jobs` and `closed` are touched under `condition` only.
  private let condition = NSCondition()
  private var jobs: [WorkerPool.Job] = []
  private var closed = false

  func append(_ job: @escaping WorkerPool.Job) {
    condition.lock()
    jobs.append(job)
    condition.signal()
    condition.unlock()
  }

  /// Lets the threads end once the queued jobs are done.
  func close() {
    condition.lock()
    closed = true
    condition.broadcast()
    condition.unlock()
  }

  /// The next job; nil once the queue is closed and empty.
  func next() -> WorkerPool.Job? {
    condition.lock()
    defer { condition.unlock() }
    while jobs.isEmpty && !closed { condition.wait() }
    return jobs.isEmpty ? nil : jobs.removeFirst()
  }
}
