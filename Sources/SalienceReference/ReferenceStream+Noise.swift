import SalienceTensors

extension ReferenceStream: NoiseKernels {
  public func addNoise(_ rows: [NoisyRows], to buffer: Handle, width: Int) throws {
    var result = try values(buffer)
    for entry in rows {
      for token in 0..<entry.tokenCount {
        let start = (entry.row + token) * width
        for (column, normal) in entry.noise.normals(row: token, width: width).enumerated() {
          result[start + column] += entry.noise.deviation * normal
        }
      }
    }
    try store(result, to: buffer)
  }

  public func reduceSamples(
    _ examples: [SampleRows], input: Handle, baseline: Handle, gradient: Handle, width: Int
  ) throws -> PathScores {
    let (x, b, g) = (try values(input), try values(baseline), try values(gradient))
    var (sums, squares): ([Double], [Double]) = ([], [])
    for example in examples {
      for token in 0..<example.tokenCount {
        let statistics = (0..<width).map { column in
          example.statistic.value(
            (0..<example.sampleCount).map { sample in
              let place = (example.row + sample * example.tokenCount + token) * width + column
              return example.reduction.element(x[place], b[place], g[place])
            })
        }
        sums.append(statistics.reduce(0, +))
        squares.append(statistics.reduce(0) { $0 + $1 * $1 })
      }
    }
    return PathScores(sums: sums, squares: squares)
  }
}

extension SampleStatistic {
  /// The statistic of one element's samples, one or more.
  fileprivate func value(_ samples: [Double]) -> Double {
    let count = Double(samples.count)
    let mean = samples.reduce(0, +) / count
    switch self {
    case .mean: return mean
    case .meanSquare: return samples.reduce(0) { $0 + $1 * $1 } / count
    case .variance: return samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    }
  }
}
