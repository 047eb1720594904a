import SalienceTensors

/// What a device that runs out of memory, or is lost, does to a call: nothing but time.
extension VulkanModel {
  /// What one item asks for.
  struct Work {
    /// Tokens of its longest sequence.
    let longest: Int
    /// Tokens of all its evaluations.
    let tokens: Int
  }

  /// Times that a call opens a lost device again.
  private static var retries: Int { 3 }

  private static var advice: String { "what is finished is safe, go on with --resume, or --resume --fallback cpu" }

  /// Answers every item, in one go or in parts.
  ///
  /// Out of memory, batches are halved down to the longest sequence, then the items are answered in two parts, then
  /// another thread's executor is waited for. Answers do not depend on any of this.
  ///
  /// - Throws: `VulkanError` where one item alone does not fit, or where the device keeps being lost.
  func answer<Item, Answer>(
    _ items: ArraySlice<Item>, program: Int, work: [Work],
    _ body: (PathExecutor, ArraySlice<Item>) throws -> [Answer]
  ) throws -> [Answer] {
    let longest = work[items.indices].map(\.longest).max() ?? 1
    let tokens = work[items.indices].reduce(0) { $0 + $1.tokens }
    while true {
      let capacity = max(budget.value, longest)
      do {
        return try recovering { session in
          try execute(program: program, tokens: max(tokens, longest), capacity: capacity, on: session) {
            try body($0, items)
          }
        }
      } catch let error as VulkanError where error.isShortOfMemory {
        let shelf = host.session.shelf
        shelf.clear()
        if let next = budget.halve(min(capacity, max(tokens, longest)), least: longest) {
          warn("\(name): \(error.message); going on with batches of \(next) tokens")
        } else if items.count > 1 {
          warn("\(name): \(error.message); going on with \(items.count / 2) examples at a time")
          let middle = items.startIndex + items.count / 2
          return try answer(items[..<middle], program: program, work: work, body)
            + answer(items[middle...], program: program, work: work, body)
        } else if !shelf.waitForAnother() {
          throw error
        }
      }
    }
  }

  /// Runs `body` on the current device, and again on a new one each time the device is lost.
  func recovering<Answer>(_ body: (VulkanSession) throws -> Answer) throws -> Answer {
    var losses = 0
    while true {
      let session = host.session
      do {
        return try body(session)
      } catch let error as VulkanError where error.code == .deviceLost {
        losses += 1
        guard losses <= Self.retries else {
          throw VulkanError(
            .deviceLost,
            "\(name): \(error.message), \(losses) times in a row; \(Self.advice)")
        }
        warn("\(name): \(error.message); opening it again, attempt \(losses) of \(Self.retries)")
        do {
          try host.replace(session)
        } catch let failure as VulkanError {
          throw VulkanError(
            .deviceLost,
            "\(name): \(error.message) and cannot be opened again (\(failure.message)); \(Self.advice)")
        }
      }
    }
  }
}
