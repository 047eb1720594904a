import SalienceTensors
import Testing

/// The noise generator and the kernels of noisy inputs, on every backend.
@Suite struct NoiseTests {
  /// Random123's known answers for philox4x32 with 10 rounds.
  @Test func philoxKnownAnswers() {
    let ones = UInt32.max
    #expect(
      Philox.words(counter: SIMD4(0, 0, 0, 0), key: SIMD2(0, 0))
        == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    #expect(
      Philox.words(counter: SIMD4(ones, ones, ones, ones), key: SIMD2(ones, ones))
        == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    #expect(
      Philox.words(
        counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), key: SIMD2(0xA409_3822, 0x299F_31D0))
        == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }

  /// 100,000 normals in rows of a width that is no multiple of four.
  @Test(arguments: TestBackend.all) func normalsAreStandard(backend: TestBackend) throws {
    let (rows, width) = (1000, 101)
    let noise = GaussianNoise(seed: 0xFEDC_BA98_7654_3210, deviation: 1)
    let zeros = [Float](repeating: 0, count: rows * width)
    let values = try added([NoisyRows(row: 0, tokenCount: rows, noise: noise)], to: zeros, width: width, on: backend)
      .map(Double.init)
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    func moment(_ power: Int) -> Double {
      values.reduce(0) { sum, value in sum + (0..<power).reduce(1) { product, _ in product * (value - mean) } } / count
    }
    // Four standard errors of each figure for independent normals.
    #expect(abs(mean) < 4 / count.squareRoot())
    #expect(abs(moment(2) - 1) < 4 * (2 / count).squareRoot())
    #expect(abs(moment(3)) < 4 * (15 / count).squareRoot())
    #expect(abs(moment(4) - 3) < 4 * (96 / count).squareRoot())
    #expect(values.allSatisfy { abs($0) < 5.8 })
    let neighbours = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / count
    #expect(abs(neighbours) < 4 / count.squareRoot())
    let below = zip(values, values.dropFirst(width)).reduce(0) { $0 + $1.0 * $1.1 } / count
    #expect(abs(below) < 4 / count.squareRoot())
    var worst = 0.0
    for row in 0..<rows {
      for (column, expected) in noise.normals(row: row, width: width).enumerated() {
        worst = max(worst, abs(values[row * width + column] - expected))
      }
    }
    #expect(worst <= 4e-6)
    #expect(backend.complaints() ?? [] == [])
    print("\(backend.device.name): normals within \(worst)")
  }

  /// An element's number depends on seed, row in the sequence and column, not on what lies around it.
  @Test(arguments: TestBackend.all) func noiseKnowsNoNeighbours(backend: TestBackend) throws {
    for width in [1, 4, 7, 48, 768] {
      let noises = (0..<3).map { GaussianNoise(seed: UInt64($0) << 33 | 5, deviation: 0.25) }
      var random = Randomness(seed: 3)
      let values = random.values(20 * width)
      let rows = zip([(0, 4), (6, 9), (17, 3)], noises).map { NoisyRows(row: $0.0, tokenCount: $0.1, noise: $1) }
      let together = try added(rows, to: values, width: width, on: backend)
      let reversed = try added(rows.reversed(), to: values, width: width, on: backend)
      #expect(reversed == together)
      for entry in rows {
        let range = entry.row * width..<(entry.row + entry.tokenCount) * width
        let alone = try added(
          [NoisyRows(row: 0, tokenCount: entry.tokenCount, noise: entry.noise)], to: Array(values[range]),
          width: width, on: backend)
        #expect(alone == Array(together[range]))
        #expect(alone != Array(values[range]))
      }
      for row in [4, 5, 15, 16] {
        #expect(together[row * width..<(row + 1) * width] == values[row * width..<(row + 1) * width])
      }
    }
  }

  private func added(_ rows: [NoisyRows], to values: [Float], width: Int, on backend: TestBackend) throws -> [Float] {
    let kernels = try backend.stream(Plan(), RandomParameters(Plan()))
    let buffer = try kernels.allocate(count: values.count)
    try kernels.write(values, to: buffer, at: 0)
    try kernels.addNoise(rows, to: buffer, width: width)
    return try kernels.read(buffer, count: values.count)
  }

  /// Statistics of samples, written out here by their textbook formulas.
  @Test(arguments: TestBackend.all) func sampleStatistics(backend: TestBackend) throws {
    let layout: [(tokens: Int, samples: Int, statistic: SampleStatistic, reduction: TokenReduction)] = [
      (3, 5, .mean, .product), (1, 1, .mean, .product), (2, 4, .meanSquare, .product), (7, 3, .variance, .product),
      (1, 20, .variance, .product), (2, 1, .variance, .product), (3, 5, .mean, .gradient), (2, 4, .mean, .absolute),
      (1, 3, .meanSquare, .gradient), (2, 3, .meanSquare, .absolute), (4, 3, .variance, .gradient),
      (2, 6, .variance, .absolute),
    ]
    for width in [1, 8, 13, 48, 768] {
      var examples: [SampleRows] = []
      for item in layout {
        examples.append(
          SampleRows(
            row: (examples.last?.rows.upperBound ?? 0) + 2, tokenCount: item.tokens, sampleCount: item.samples,
            statistic: item.statistic, reduction: item.reduction))
      }
      let count = (examples.last?.rows.upperBound ?? 0) * width
      let kernels = try backend.stream(Plan(), RandomParameters(Plan()))
      var random = Randomness(seed: 4)
      let operands = (0..<3).map { _ in random.values(count) }
      let handles = try operands.map { values in
        let buffer = try kernels.allocate(count: count)
        try kernels.write(values, to: buffer, at: 0)
        return buffer
      }
      let scores = try kernels.reduceSamples(
        examples, input: handles[0], baseline: handles[1], gradient: handles[2], width: width)
      let expected = examples.flatMap { expectedScores($0, operands, width) }
      try #require(scores.sums.count == expected.count && scores.squares.count == expected.count)
      for (index, row) in expected.enumerated() {
        #expect(abs(scores.sums[index] - row.sum) <= 1e-6 * row.scale, "width \(width), row \(index)")
        #expect(abs(scores.squares[index] - row.square) <= 1e-6 * row.scale * row.scale, "width \(width), row \(index)")
      }
    }
  }

  /// Sums and squares a token, and Σ |v| as a measure of what rounding may do.
  private func expectedScores(
    _ example: SampleRows, _ operands: [[Float]], _ width: Int
  ) -> [(sum: Double, square: Double, scale: Double)] {
    (0..<example.tokenCount).map { token in
      let values = (0..<width).map { column in
        let samples = (0..<example.sampleCount).map { sample in
          let place = (example.row + sample * example.tokenCount + token) * width + column
          let slope = Double(operands[2][place])
          switch example.reduction {
          case .product: return (Double(operands[0][place]) - Double(operands[1][place])) * slope
          case .gradient: return slope
          case .absolute: return slope < 0 ? -slope : slope
          }
        }
        let count = Double(samples.count)
        let (first, second) = (samples.reduce(0, +) / count, samples.reduce(0) { $0 + $1 * $1 } / count)
        switch example.statistic {
        case .mean: return (value: first, scale: abs(first) + 0.1)
        case .meanSquare: return (value: second, scale: second + 0.1)
        case .variance: return (value: second - first * first, scale: second + 0.1)
        }
      }
      return (
        values.reduce(0) { $0 + $1.value }, values.reduce(0) { $0 + $1.value * $1.value },
        values.reduce(0) { $0 + $1.scale }
      )
    }
  }
}
