import Foundation

/// Time that each kernel took on the device.
public struct VulkanProfile: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    /// Dispatches.
    public internal(set) var count = 0
    /// Seconds between the timestamps before and after each dispatch, summed.
    public internal(set) var seconds = 0.0
    /// Multiplications and additions that the kernels were said to do.
    public internal(set) var flops = 0
  }

  /// By the shader's stem; `copy` and `fill` stand for transfers.
  public internal(set) var entries: [String: Entry] = [:]

  public init() {}

  /// Seconds of all kernels.
  public var seconds: Double { entries.values.reduce(0) { $0 + $1.seconds } }
}

/// Collects a profile from several threads.
final class ProfileCollector: @unchecked Sendable {
  // Unchecked: `profile` is touched under `lock` only.
  private let lock = NSLock()
  private var profile = VulkanProfile()

  var value: VulkanProfile { lock.withLock { profile } }

  func add(_ stem: String, seconds: Double, flops: Int) {
    lock.withLock {
      profile.entries[stem, default: VulkanProfile.Entry()].count += 1
      profile.entries[stem, default: VulkanProfile.Entry()].seconds += seconds
      profile.entries[stem, default: VulkanProfile.Entry()].flops += flops
    }
  }
}
