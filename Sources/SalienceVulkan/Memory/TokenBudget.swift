import Foundation
import SalienceTensors

/// How many tokens one evaluation batch holds; only ever shrinks.
package final class TokenBudget: @unchecked Sendable {
  // Unchecked: `tokens` is touched under `lock` only.
  private let lock = NSLock()
  private var tokens: Int

  package init(_ tokens: Int) { self.tokens = max(1, tokens) }

  package var value: Int { lock.withLock { tokens } }

  /// Halves the budget that a batch ran out of memory with.
  ///
  /// - Parameters:
  ///   - failed: the batch's own; where the budget has shrunk since, it stays as it is.
  ///   - least: the longest sequence of the batch.
  /// - Returns: the budget to try next; nil where `failed` was as small as it can be.
  package func halve(_ failed: Int, least: Int) -> Int? {
    lock.withLock {
      guard failed > least else { return nil }
      tokens = max(1, min(tokens, max(failed / 2, min(least, failed))))
      return tokens
    }
  }

  /// Elements of the largest value in batches of so many tokens.
  package static func largestValue(_ programs: [PathProgram], tokens: Int) -> Int {
    programs.map { PathExecutor.largestValue($0, tokenCapacity: tokens) }.max() ?? 0
  }

  /// The largest of `wanted`, `wanted` / 2, `wanted` / 4 … whose memory fits, and at least 64.
  ///
  /// - Parameters:
  ///   - streams: threads that each have an arena a program.
  ///   - weightBytes: memory of the model itself.
  ///   - memory: bytes of the device's own memory.
  ///   - operandBytes: bytes per element of the largest value, for a copy of it in each stream.
  package static func fitting(
    _ wanted: Int, programs: [PathProgram], streams: Int, weightBytes: Int, memory: Int, limits: VulkanLimits,
    operandBytes: Int = 0
  ) -> Int {
    var tokens = max(64, wanted)
    while tokens > 64 {
      let arenas = programs.map { PathExecutor.elementCount($0, tokenCapacity: tokens) * MemoryLayout<Float>.stride }
      let largest = largestValue(programs, tokens: tokens)
      let largestBytes = largest * MemoryLayout<Float>.stride
      // A fifth is left for end points, the driver and other programs.
      let fits = weightBytes + streams * (arenas.reduce(0, +) + largest * operandBytes) <= memory / 5 * 4
      if fits, largestBytes <= limits.maxStorageRange, (arenas.max() ?? 0) <= limits.maxAllocation { break }
      tokens /= 2
    }
    return tokens
  }
}
