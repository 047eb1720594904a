import Foundation

/// Dedicated threads that take jobs in order, so that Swift's cooperative pool never blocks on a device.
///
/// Each thread keeps a `Context` between jobs, made on it and seen by no other. The threads end, once the queued jobs
/// are done, when neither a backend nor a model holds the pool any more.
package final class WorkerPool<Context>: Sendable {
  /// Work for a thread; what it returns is called once the work's own captures are gone.
  package typealias Job = @Sendable (Context) -> @Sendable () -> Void

  package let count: Int
  private let queue = JobQueue<Context>()

  /// - Parameters:
  ///   - name: of the threads, followed by a number.
  ///   - makeContext: called once on each thread, before its first job.
  package init(count: Int, name: String, makeContext: @escaping @Sendable () -> Context) {
    self.count = count
    for index in 0..<count {
      // The threads hold the queue alone, so that they cannot keep the pool alive.
      let thread = Thread { [queue] in
        let context = makeContext()
        while let report = queue.next()?(context) { report() }
      }
      thread.name = "\(name)-\(index)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit { queue.close() }

  /// Runs `body` on whichever thread is free first.
  ///
  /// The thread lets go of `body` before this returns, so that a caller who then drops its device knows it closed.
  package func run<T: Sendable>(_ body: @escaping @Sendable (Context) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      queue.append { context in
        let result = Result { try body(context) }
        return { continuation.resume(with: result) }
      }
    }
  }
}

/// Jobs waiting for a thread, first in, first out.
private final class JobQueue<Context>: @unchecked Sendable {
  // Unchecked: `jobs` and `closed` are touched under `condition` only.
  private let condition = NSCondition()
  private var jobs: [WorkerPool<Context>.Job] = []
  private var closed = false

  func append(_ job: @escaping WorkerPool<Context>.Job) {
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
  func next() -> WorkerPool<Context>.Job? {
    condition.lock()
    defer { condition.unlock() }
    while jobs.isEmpty && !closed { condition.wait() }
    return jobs.isEmpty ? nil : jobs.removeFirst()
  }
}
