import SalienceTensors

extension VulkanBackend {
  /// The rates of this program's own product and of the device's copies, each at a favourable size.
  public func measureCeilings() async throws -> DeviceCeilings? {
    try await pool.run { [host, info, device] _ in
      let session = host.session
      defer { session.savePipelines() }
      let isSoftware = info.kind == .cpu
      let size = isSoftware ? 512 : 4096
      let product = try Self.productRate(session, size: size, precision: device.precision)
      let largest = min(info.memory / 16, info.limits.maxAllocation / 2) >> 20
      let megabytes = max(1, min(isSoftware ? 64 : 256, largest))
      let copy = try Self.copyRate(session, bytes: megabytes << 20)
      return DeviceCeilings(
        flopsPerSecond: product, bytesPerSecond: copy,
        source: "this program's own linear kernel in \(device.precision.rawValue) on matrices of \(size) x \(size), "
          + "and copies of \(megabytes) MiB")
    }
  }

  /// Seconds of host time that a measurement takes, about.
  private static let duration = 0.25

  /// FLOP/s of the forward product of two square matrices.
  private static func productRate(_ session: VulkanSession, size: Int, precision: Precision) throws -> Double {
    let recorder = try session.recorder(isProfiled: false)
    let bytes = size * size * MemoryLayout<Float>.stride
    let pieces = try (0..<3).map { _ in try session.memory.device.take(bytes: bytes) }
    let ranges = pieces.map { BufferRange($0, size: bytes) }
    let counts = try session.memory.device.take(bytes: MemoryLayout<UInt32>.stride)
    try recorder.fill(BufferRange(counts), word: UInt32(size), bytes: MemoryLayout<UInt32>.stride)
    for range in ranges { try recorder.fill(range, word: Float(0.5).bitPattern, bytes: bytes) }
    let product = Product(
      stem: "linear", rows: size, columns: size, depth: size, epilogue: 0, precision: precision)
    let (form, kernel) = try ProductForm.best(
      for: product, units: session.device.matrixUnits(for: precision), limits: session.device.limits,
      checks: session.checks)
    let groups = form.groups(of: product)
    let work = KernelWork(flops: 2 * size * size * size, elements: 3 * size * size)
    return try withExtendedLifetime(pieces + [counts]) {
      let seconds = try time(recorder) {
        try recorder.dispatch(
          kernel, [ranges[0], ranges[1], ranges[1], ranges[2], ranges[2], BufferRange(counts)],
          push: [0, UInt32(size), UInt32(size), Float(1).bitPattern],
          groups: (groups.columns, groups.rows, 1), work: work)
      }
      return Double(work.flops) / seconds
    }
  }

  /// Bytes/s of a copy, reading and writing counted.
  private static func copyRate(_ session: VulkanSession, bytes: Int) throws -> Double {
    let recorder = try session.recorder(isProfiled: false)
    let pieces = try (0..<2).map { _ in try session.memory.device.take(bytes: bytes) }
    let ranges = pieces.map { BufferRange($0, size: bytes) }
    try recorder.fill(ranges[0], word: 0x3F80_0000, bytes: bytes)
    return try withExtendedLifetime(pieces) {
      Double(2 * bytes) / (try time(recorder) { try recorder.copy(ranges[0], to: ranges[1], bytes: bytes) })
    }
  }

  /// Seconds that one of many equal commands takes.
  private static func time(_ recorder: CommandRecorder, _ command: () throws -> Void) throws -> Double {
    func run(_ count: Int) throws -> Double {
      let start = ContinuousClock.now
      for _ in 0..<count { try command() }
      try recorder.finish()
      return max(1e-9, (ContinuousClock.now - start) / .seconds(1))
    }
    // The first run compiles, the second finds out how many make a measurement.
    _ = try run(1)
    let count = Int(min(500, max(1, duration / (try run(1)))))
    return try run(count) / Double(count)
  }
}
