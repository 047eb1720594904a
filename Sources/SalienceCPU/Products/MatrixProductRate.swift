import COneDNN
import SalienceKernelsC
import SalienceTensors

extension CPUBackend {
  /// The rate of oneDNN's matrix product alone on all workers, in GFLOP/s: the ceiling that a run is measured by.
  ///
  /// Takes about a second. The shape, 1600 x 768 x 3072, is a feed-forward layer's. The factors are in the backend's
  /// precision already.
  public func matrixProductRate() async throws -> Double {
    let precision = device.precision
    return try await withThrowingTaskGroup(of: Double.self) { group in
      for _ in 0..<device.concurrency {
        group.addTask { try await self.pool.run { _ in try Self.rateOfOneThread(precision) } }
      }
      return try await group.reduce(0, +)
    }
  }

  /// The rates of oneDNN's matrix product and of copies between buffers too large for caches, on all workers at once.
  public func measureCeilings() async throws -> DeviceCeilings? {
    let product = try await matrixProductRate()
    let copy = try await withThrowingTaskGroup(of: Double.self) { group in
      for _ in 0..<device.concurrency { group.addTask { try await self.pool.run { _ in try Self.copyOfOneThread() } } }
      return try await group.reduce(0, +)
    }
    return DeviceCeilings(
      flopsPerSecond: product * 1e9, bytesPerSecond: copy,
      source: "oneDNN's \(device.precision.rawValue) product of 1600 x 768 by 768 x 3072, and copies of 64 MB, on "
        + "\(device.concurrency) threads")
  }

  /// Bytes/s, reading and writing counted.
  private static func copyOfOneThread() throws -> Double {
    let count = 16 << 20
    let (source, target) = (try AlignedBuffer(count: count), try AlignedBuffer(count: count))
    func run() { target.pointer.update(from: source.pointer, count: count) }
    source.pointer.update(repeating: 1, count: count)
    run()
    let start = ContinuousClock.now
    var runs = 0
    while ContinuousClock.now - start < .milliseconds(300) {
      run()
      runs += 1
    }
    return Double(2 * count * MemoryLayout<Float>.stride * runs) / ((ContinuousClock.now - start) / .seconds(1))
  }

  private static func rateOfOneThread(_ precision: Precision) throws -> Double {
    let (rows, inner, outer) = (1600, 768, 3072)
    let library = try OneDNN()
    let weight = try AlignedBuffer((0..<inner * outer).map { Float($0 % 17) * 0.01 })
    let packed = try PackedWeight(
      weight.pointer, shape: [outer, inner], direction: .forward, precision: precision, using: library)
    let key = MatrixProduct.Key(rows: rows, inner: inner, outer: outer, bias: false, precision: precision)
    let product = try MatrixProduct(key, weight: packed.description, using: library)
    let x = try AlignedBuffer((0..<rows * inner).map { Float($0 % 13) * 0.1 })
    let narrow = try AlignedBuffer(count: rows * inner / 2)
    let factor = UnsafeMutableRawPointer(precision == .f32 ? x.pointer : narrow.pointer)
    if precision == .bf16 {
      salience_narrow_bf16(x.pointer, rows * inner, factor.assumingMemoryBound(to: UInt16.self))
    }
    let y = try AlignedBuffer(count: rows * outer)
    func run() throws { try product.run(factor, weight: packed, bias: nil, output: y.pointer) }
    for _ in 0..<3 { try run() }
    let start = ContinuousClock.now
    var runs = 0
    while ContinuousClock.now - start < .milliseconds(700) {
      try run()
      runs += 1
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return Double(2 * rows * inner * outer * runs) / seconds / 1e9
  }
}
