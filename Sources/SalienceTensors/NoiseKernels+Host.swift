extension SampleRows {
  /// `NoiseKernels.reduceSamples` of one example on the host: float32 operands, everything else in double.
  ///
  /// - Parameters:
  ///   - input, baseline, gradient: buffers of end points [rows x width].
  ///   - width: H.
  public func reduce(
    input: UnsafePointer<Float>, baseline: UnsafePointer<Float>, gradient: UnsafePointer<Float>, width: Int
  ) -> PathScores {
    let count = Double(sampleCount)
    var (sums, squares): ([Double], [Double]) = ([], [])
    for token in 0..<tokenCount {
      var (sum, square) = (0.0, 0.0)
      for column in 0..<width {
        let first = (row + token) * width + column
        func sample(_ index: Int) -> Double {
          let place = first + index * tokenCount * width
          return (Double(input[place]) - Double(baseline[place])) * Double(gradient[place])
        }
        var value = 0.0
        switch statistic {
        case .meanSquare:
          for index in 0..<sampleCount { value += sample(index) * sample(index) }
          value /= count
        case .mean, .variance:
          for index in 0..<sampleCount { value += sample(index) }
          value /= count
        }
        if statistic == .variance {
          let mean = value
          value = 0
          for index in 0..<sampleCount { value += (sample(index) - mean) * (sample(index) - mean) }
          value /= count
        }
        sum += value
        square += value * value
      }
      sums.append(sum)
      squares.append(square)
    }
    return PathScores(sums: sums, squares: squares)
  }
}

extension NoiseKernels where Self: TensorMemory {
  public func addNoise(_ rows: [NoisyRows], to buffer: Handle, width: Int) throws {
    guard let end = rows.map({ $0.row + $0.tokenCount }).max() else { return }
    var values = try read(buffer, count: end * width)
    values.withUnsafeMutableBufferPointer { values in
      for entry in rows { entry.add(to: values, width: width) }
    }
    try write(values, to: buffer, at: 0)
  }

  public func reduceSamples(
    _ examples: [SampleRows], input: Handle, baseline: Handle, gradient: Handle, width: Int
  ) throws -> PathScores {
    let count = (examples.map(\.rows.upperBound).max() ?? 0) * width
    let (x, b, g) = (
      try read(input, count: count), try read(baseline, count: count), try read(gradient, count: count)
    )
    return PathScores(examples.map { $0.reduce(input: x, baseline: b, gradient: g, width: width) })
  }
}

extension NoisyRows {
  /// `NoiseKernels.addNoise` of one entry on the host.
  ///
  /// - Parameter values: the buffer of end points [rows x width].
  public func add(to values: UnsafeMutableBufferPointer<Float>, width: Int) {
    for token in 0..<tokenCount {
      let start = (row + token) * width
      noise.add(to: UnsafeMutableBufferPointer(rebasing: values[start..<start + width]), row: token)
    }
  }
}
