import Foundation

/// What a call asks of a device at the least.
public struct KernelWork: Sendable, Equatable {
  /// Multiplications and additions of inner products, counted as two.
  public var flops: Int
  /// Bytes of every operand read once and every result written once, however often caches or tiles make it more.
  public var bytes: Int

  public init(flops: Int = 0, bytes: Int = 0) {
    self.flops = flops
    self.bytes = bytes
  }

  /// Work that reads and writes so many 32-bit elements.
  public init(flops: Int = 0, elements: Int) {
    self.init(flops: flops, bytes: elements * MemoryLayout<Float>.stride)
  }

  public static func += (sum: inout KernelWork, more: KernelWork) {
    sum.flops += more.flops
    sum.bytes += more.bytes
  }
}

/// Time and work of each kernel.
public struct KernelProfile: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    /// Times that the kernel ran.
    public internal(set) var calls = 0
    /// Seconds it ran, summed over lanes.
    public internal(set) var seconds = 0.0
    public internal(set) var work = KernelWork()
  }

  /// By the kernel's name; on a GPU `copy` and `fill` stand for transfers.
  public internal(set) var entries: [String: Entry] = [:]
  /// Kernels that can run at once: a CPU's workers, 1 on a GPU.
  public let lanes: Int
  /// Wall-clock seconds from the first kernel to the last.
  public internal(set) var span = 0.0

  public init(lanes: Int) { self.lanes = max(1, lanes) }

  /// Seconds of all kernels, summed over lanes.
  public var seconds: Double { entries.values.reduce(0) { $0 + $1.seconds } }

  /// The share of the span in which kernels ran, over all lanes.
  public var utilisation: Double { span > 0 ? seconds / (span * Double(lanes)) : 0 }

  /// FLOP/s of a kernel at the pace of all lanes; 0 where it took no time that the clock shows.
  public func flopsPerSecond(_ entry: Entry) -> Double { rate(entry.work.flops, entry) }

  /// Bytes/s of a kernel at the pace of all lanes.
  public func bytesPerSecond(_ entry: Entry) -> Double { rate(entry.work.bytes, entry) }

  private func rate(_ count: Int, _ entry: Entry) -> Double {
    entry.seconds > 0 ? Double(count) * Double(lanes) / entry.seconds : 0
  }
}

/// Measured rates of a device that no kernel is expected to exceed, all lanes together.
public struct DeviceCeilings: Sendable, Equatable {
  /// FLOP/s of a large matrix product.
  public let flopsPerSecond: Double
  /// Bytes/s of a large copy, reading and writing counted.
  public let bytesPerSecond: Double
  /// What was measured, for people.
  public let source: String

  public init(flopsPerSecond: Double, bytesPerSecond: Double, source: String) {
    self.flopsPerSecond = flopsPerSecond
    self.bytesPerSecond = bytesPerSecond
    self.source = source
  }

  /// The least time that the work takes at these rates, over the time it took (the roofline of Williams, Waterman and
  /// Patterson, CACM 2009).
  public func fraction(_ entry: KernelProfile.Entry, of profile: KernelProfile) -> Double {
    max(
      flopsPerSecond > 0 ? profile.flopsPerSecond(entry) / flopsPerSecond : 0,
      bytesPerSecond > 0 ? profile.bytesPerSecond(entry) / bytesPerSecond : 0)
  }

  /// Whether arithmetic, rather than memory, bounds the work.
  public func isBoundByArithmetic(_ work: KernelWork) -> Bool {
    Double(work.flops) * bytesPerSecond > Double(work.bytes) * flopsPerSecond
  }
}

/// Collects a profile from several threads.
package final class ProfileCollector: @unchecked Sendable {
  // Unchecked: `profile` and `first` are touched under `lock` only.
  private let lock = NSLock()
  private var profile: KernelProfile
  private var first: ContinuousClock.Instant?

  package init(lanes: Int) { profile = KernelProfile(lanes: lanes) }

  package var value: KernelProfile { lock.withLock { profile } }

  /// Marks that kernels run from now on.
  package func begin() {
    lock.withLock { if first == nil { first = .now } }
  }

  /// Runs `body`, a call of `name` that returns when its work is done.
  package func measure<Answer>(_ name: String, _ work: KernelWork, _ body: () throws -> Answer) rethrows -> Answer {
    begin()
    let start = ContinuousClock.now
    let answer = try body()
    add(name, seconds: (ContinuousClock.now - start) / .seconds(1), work: work)
    return answer
  }

  /// Adds a call that has ended.
  package func add(_ name: String, seconds: Double, work: KernelWork) {
    lock.withLock {
      profile.entries[name, default: KernelProfile.Entry()].calls += 1
      profile.entries[name, default: KernelProfile.Entry()].seconds += seconds
      profile.entries[name, default: KernelProfile.Entry()].work += work
      profile.span = first.map { (ContinuousClock.now - $0) / .seconds(1) } ?? 0
    }
  }
}
