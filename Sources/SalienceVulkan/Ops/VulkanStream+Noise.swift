import SalienceTensors

extension VulkanStream: NoiseKernels {
  func addNoise(_ rows: [NoisyRows], to buffer: Handle, width: Int) throws {
    let blocks = (width + 3) / 4
    let values = try range(buffer)
    for entry in rows where entry.tokenCount > 0 && width > 0 {
      let key = entry.noise.key
      let invocations = entry.tokenCount * blocks
      try record(
        Kernel("noise", [UInt32(Self.groupSize)]), [values],
        push: [
          UInt32(entry.tokenCount), UInt32(blocks), UInt32(entry.row), UInt32(width), key.x, key.y,
          Float(entry.noise.deviation).bitPattern,
        ],
        groups: groups((invocations + Self.groupSize - 1) / Self.groupSize),
        work: KernelWork(elements: 2 * entry.tokenCount * width))
    }
  }

  func reduceSamples(
    _ examples: [SampleRows], input: Handle, baseline: Handle, gradient: Handle, width: Int
  ) throws -> PathScores {
    let rows = examples.reduce(0) { $0 + $1.tokenCount }
    guard rows > 0 else { return PathScores([]) }
    let sums = try temporary(bytes: rows * 4 * MemoryLayout<Float>.stride)
    let buffers = [try range(input), try range(baseline), try range(gradient), sums]
    let rowsOfGroup = Self.groupSize / Self.lanes
    var place = 0
    for example in examples where example.tokenCount > 0 {
      let reciprocal = 1 / Double(example.sampleCount)
      let high = Float(reciprocal)
      try record(
        Kernel(
          "noise_statistics",
          [UInt32(Self.groupSize), UInt32(Self.lanes), example.statistic.constant, example.reduction.constant]),
        buffers,
        push: [
          UInt32(example.tokenCount), UInt32(width), UInt32(example.row), UInt32(example.sampleCount),
          high.bitPattern, Float(reciprocal - Double(high)).bitPattern, UInt32(place),
        ],
        groups: groups((example.tokenCount + rowsOfGroup - 1) / rowsOfGroup),
        work: KernelWork(elements: example.reduction.operandCount * example.rows.count * width + 4 * example.tokenCount)
      )
      place += example.tokenCount
    }
    return try readScores(sums, rows: rows)
  }
}

extension SampleStatistic {
  /// The specialisation constant `STATISTIC`.
  fileprivate var constant: UInt32 {
    switch self {
    case .mean: 0
    case .meanSquare: 1
    case .variance: 2
    }
  }
}
