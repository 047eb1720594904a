import Foundation
import Glibc

/// Dedicated threads that take jobs in order, so that Swift's cooperative pool never blocks on a kernel.
final class WorkerPool: @unchecked Sendable {
  // Unchecked: `jobs` and `stopped` are touched under `condition` only.

  /// State that one thread keeps between jobs, such as the streams of the models it has run.
  final class Context {
    var executors: [ExecutorKey: PreparedExecutor] = [:]
  }

  typealias Job = @Sendable (Context) -> Void

  let count: Int
  private let condition = NSCondition()
  private var jobs: [Job] = []
  private var stopped = false

  init(count: Int) {
    self.count = count
    for index in 0..<count {
      let thread = Thread { [self] in work() }
      thread.name = "salience-cpu-\(index)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Lets the threads end once the queued jobs are done. A pool that is not stopped lives on.
  func stop() {
    condition.lock()
    stopped = true
    condition.broadcast()
    condition.unlock()
  }

  /// Runs `body` on whichever thread is free first.
  func run<T: Sendable>(_ body: @escaping @Sendable (Context) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      condition.lock()
      jobs.append { context in continuation.resume(with: Result { try body(context) }) }
      condition.signal()
      condition.unlock()
    }
  }

  private func work() {
    Self.useOneThread()
    let context = Context()
    while true {
      condition.lock()
      while jobs.isEmpty && !stopped { condition.wait() }
      let job = jobs.isEmpty ? nil : jobs.removeFirst()
      condition.unlock()
      guard let job else { return }
      job(context)
    }
  }

  /// Tells OpenMP, below oneDNN, to stay on this thread: each worker is a core already.
  private static func useOneThread() {
    guard let symbol = dlsym(nil, "omp_set_num_threads") else { return }
    unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Void).self)(1)
  }
}
