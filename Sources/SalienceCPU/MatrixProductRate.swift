import COneDNN
import SalienceTensors

extension CPUBackend {
  /// The rate of oneDNN's matrix product alone on all workers, in GFLOP/s: the ceiling that a run is measured by.
  ///
  /// Takes about a second. The shape, 1600 x 768 x 3072, is a feed-forward layer's.
  public func matrixProductRate() async throws -> Double {
    try await withThrowingTaskGroup(of: Double.self) { group in
      for _ in 0..<device.concurrency { group.addTask { try await self.pool.run { _ in try Self.rateOfOneThread() } } }
      return try await group.reduce(0, +)
    }
  }

  private static func rateOfOneThread() throws -> Double {
    let (rows, inner, outer) = (1600, 768, 3072)
    let library = try OneDNN()
    let weight = try AlignedBuffer((0..<inner * outer).map { Float($0 % 17) * 0.01 })
    let packed = try PackedWeight(weight.pointer, shape: [outer, inner], direction: .forward, using: library)
    let key = MatrixProduct.Key(rows: rows, inner: inner, outer: outer, bias: false, epilogue: .none)
    let product = try MatrixProduct(key, weight: packed.description, using: library)
    let x = try AlignedBuffer((0..<rows * inner).map { Float($0 % 13) * 0.1 })
    let y = try AlignedBuffer(count: rows * outer)
    func run() throws { try product.run(x.pointer, weight: packed, bias: nil, operand: nil, output: y.pointer) }
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
