import SalienceTensors

extension CPUStream: NoiseKernels {
  // Both are a vanishing part of the evaluations between them: plain loops do.

  func addNoise(_ rows: [NoisyRows], to buffer: Handle, width: Int) throws {
    let values = try pointer(buffer)
    for entry in rows {
      let scale = Float(entry.noise.deviation)
      for token in 0..<entry.tokenCount {
        let row = values + (entry.row + token) * width
        for start in stride(from: 0, to: width, by: 4) {
          let normals = BoxMuller.normals(entry.noise.words(row: token, block: start / 4))
          for column in start..<min(start + 4, width) { row[column] += scale * normals[column - start] }
        }
      }
    }
  }

  func reduceSamples(
    _ examples: [SampleRows], input: Handle, baseline: Handle, gradient: Handle, width: Int
  ) throws -> PathScores {
    let operands = SampleOperands(
      input: try pointer(input), baseline: try pointer(baseline), gradient: try pointer(gradient), width: width)
    var (sums, squares): ([Double], [Double]) = ([], [])
    for example in examples {
      for token in 0..<example.tokenCount {
        var (sum, square) = (0.0, 0.0)
        for column in 0..<width {
          let value = operands.statistic(of: example, token: token, column: column)
          sum += value
          square += value * value
        }
        sums.append(sum)
        squares.append(square)
      }
    }
    return PathScores(sums: sums, squares: squares)
  }
}

/// Buffers of end points [rows x width] and the gradients' sums.
private struct SampleOperands {
  let input, baseline, gradient: UnsafeMutablePointer<Float>
  let width: Int

  private func element(_ place: Int, _ reduction: TokenReduction) -> Double {
    let slope = Double(gradient[place])
    return switch reduction {
    case .product: (Double(input[place]) - Double(baseline[place])) * slope
    case .gradient: slope
    case .absolute: abs(slope)
    }
  }

  /// The statistic of one element's samples, in double.
  func statistic(of example: SampleRows, token: Int, column: Int) -> Double {
    let (first, stride) = ((example.row + token) * width + column, example.tokenCount * width)
    func mean(_ value: (Double) -> Double) -> Double {
      var sum = 0.0
      for sample in 0..<example.sampleCount { sum += value(element(first + sample * stride, example.reduction)) }
      return sum / Double(example.sampleCount)
    }
    switch example.statistic {
    case .mean: return mean { $0 }
    case .meanSquare: return mean { $0 * $0 }
    case .variance:
      let center = mean { $0 }
      return mean { ($0 - center) * ($0 - center) }
    }
  }
}
