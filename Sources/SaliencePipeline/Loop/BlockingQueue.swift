import Dispatch

/// A thread for work that blocks, so that tasks of the cooperative pool never do.
struct BlockingQueue: Sendable {
  private let queue: DispatchQueue

  init(_ label: String) { queue = DispatchQueue(label: "salience.\(label)") }

  /// Runs `work` after all that was given before it.
  func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Swift.Result { try work() }) }
    }
  }
}
