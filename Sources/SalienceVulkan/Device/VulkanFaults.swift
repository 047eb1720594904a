import Foundation

/// Failures that a test asks for: the n-th allocation or submission fails as if the driver had said so.
public final class VulkanFaults: @unchecked Sendable {
  // Unchecked: `counts` is touched under `lock` only.

  /// Where a failure strikes.
  public enum Point: Sendable, Hashable {
    /// A block of device memory is asked for.
    case allocation
    /// A command buffer is handed to the queue.
    case submission
    /// Commands are recorded for many batches of one size.
    case recording
  }

  private let lock = NSLock()
  private let failures: [Point: (numbers: ClosedRange<Int>, code: VulkanError.Code)]
  private let largestAllocation: Int
  private let wrongKernels: @Sendable (String) -> Bool
  private let wrongResults: @Sendable (String, String) -> Bool
  /// Whether commands are recorded without waiting for the ones before.
  let dropsBarriers: Bool
  private var counts: [Point: Int] = [:]

  /// - Parameters:
  ///   - failures: at each point, the numbers of the calls that fail, counted from 1 over all devices that are given
  ///     this object, and the error's code.
  ///   - largestAllocation: bytes above which every allocation runs out of device memory.
  ///   - wrongKernels: whether a kernel, by its name and specialisation constants, computes wrong numbers in its
  ///     self-check, in all that it writes.
  ///   - wrongResults: the same for one result of a kernel, by its name: "derivative" for example.
  ///   - dropsBarriers: whether commands run in no order, which synchronisation validation has to notice.
  public init(
    _ failures: [Point: (numbers: ClosedRange<Int>, code: VulkanError.Code)] = [:], largestAllocation: Int = .max,
    wrongKernels: @escaping @Sendable (String) -> Bool = { _ in false },
    wrongResults: @escaping @Sendable (String, String) -> Bool = { _, _ in false }, dropsBarriers: Bool = false
  ) {
    self.failures = failures
    self.largestAllocation = largestAllocation
    self.wrongKernels = wrongKernels
    self.wrongResults = wrongResults
    self.dropsBarriers = dropsBarriers
  }

  /// How many calls have reached a point.
  public func count(_ point: Point) -> Int { lock.withLock { counts[point, default: 0] } }

  /// Whether the self-check of a kernel is to find a result wrong.
  func distorts(_ kernel: String, result: String) -> Bool { wrongKernels(kernel) || wrongResults(kernel, result) }

  /// Counts a call.
  ///
  /// - Throws: `VulkanError` where the call is to fail.
  func pass(_ point: Point, bytes: Int = 0) throws {
    let number = lock.withLock {
      counts[point, default: 0] += 1
      return counts[point, default: 0]
    }
    if bytes > largestAllocation {
      throw VulkanError(.outOfDeviceMemory, "out of device memory, as the test asked, for \(bytes) bytes")
    }
    if let failure = failures[point], failure.numbers.contains(number) {
      throw VulkanError(failure.code, "\(point) \(number) failed as the test asked: \(failure.code.rawValue)")
    }
  }
}
