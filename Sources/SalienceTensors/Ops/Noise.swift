/// What is made of an attribution's values over noise samples, element by element, before they are summed over the
/// hidden dimension.
public enum SampleStatistic: Sendable, Equatable {
  /// E[a].
  case mean
  /// E[a²].
  case meanSquare
  /// E[a²] - E[a]², the variance of the samples themselves: divided by their number.
  case variance
}

/// Where the samples of one example lie in the buffers of end points: sample s owns the `tokenCount` rows from
/// row + s * tokenCount on.
public struct SampleRows: Sendable, Equatable {
  public let row: Int
  public let tokenCount: Int
  /// One or more.
  public let sampleCount: Int
  public let statistic: SampleStatistic
  /// Which elements it is a statistic of.
  public let reduction: TokenReduction

  public init(
    row: Int, tokenCount: Int, sampleCount: Int, statistic: SampleStatistic, reduction: TokenReduction = .product
  ) {
    self.row = row
    self.tokenCount = tokenCount
    self.sampleCount = sampleCount
    self.statistic = statistic
    self.reduction = reduction
  }

  /// Every row of the example.
  public var rows: Range<Int> { row..<row + sampleCount * tokenCount }
}

/// The rows of a buffer of end points that one sample's noise falls on.
public struct NoisyRows: Sendable, Equatable {
  /// Row of the sequence's first token.
  public let row: Int
  public let tokenCount: Int
  public let noise: GaussianNoise

  public init(row: Int, tokenCount: Int, noise: GaussianNoise) {
    self.row = row
    self.tokenCount = tokenCount
    self.noise = noise
  }
}

/// What methods need that average over noisy inputs: the noise, and statistics of the attributions' samples.
///
/// Buffers hold end points [rows x H].
public protocol NoiseKernels {
  /// buffer[row + t][h] += deviation * normal(seed, t, h) for the tokens t of each entry; see `GaussianNoise`.
  ///
  /// - Parameter width: H.
  func addNoise(_ rows: [NoisyRows], to buffer: Handle, width: Int) throws

  /// Sums over the hidden dimension of a statistic of a_s over each example's samples s, where a_s is
  /// (x_s - x'_s) * gradient_s, or what else the example's reduction names.
  ///
  /// With v the statistic, an [example tokens x H], the answer holds Σ_h v and Σ_h v² per token, one example after another.
  /// Samples are added in ascending order. A variance is the mean of (a_s - E[a])²: the difference of two moments would
  /// cancel.
  ///
  /// - Parameter width: H.
  func reduceSamples(
    _ examples: [SampleRows], input: Handle, baseline: Handle, gradient: Handle, width: Int
  ) throws -> PathScores
}

/// See `NoiseKernels.addNoise`.
package struct NoiseAddition: KernelCall {
  package static let name = "noise"
  let rows: [NoisyRows]
  let buffer: Handle
  let width: Int

  package init(_ rows: [NoisyRows], to buffer: Handle, width: Int) {
    self.rows = rows
    self.buffer = buffer
    self.width = width
  }

  package func work(_ sizes: BatchSizes) -> KernelWork {
    KernelWork(elements: rows.reduce(0) { $0 + 2 * $1.tokenCount * width })
  }

  package func encode(on kernels: any Kernels) throws { try kernels.addNoise(rows, to: buffer, width: width) }
}

/// See `NoiseKernels.reduceSamples`.
package struct SampleReduction: KernelCall {
  package static let name = "noise_statistics"
  let examples: [SampleRows]
  let input, baseline, gradient: Handle
  let width: Int

  package init(_ examples: [SampleRows], input: Handle, baseline: Handle, gradient: Handle, width: Int) {
    self.examples = examples
    self.input = input
    self.baseline = baseline
    self.gradient = gradient
    self.width = width
  }

  /// Three matrices over all samples, or the gradients alone, and two sums of 64 bits per token of an example.
  package func work(_ sizes: BatchSizes) -> KernelWork {
    KernelWork(
      elements: examples.reduce(0) {
        $0 + $1.reduction.operandCount * $1.rows.count * width + 4 * $1.tokenCount
      })
  }

  package func encode(on kernels: any Kernels) throws -> PathScores {
    try kernels.reduceSamples(examples, input: input, baseline: baseline, gradient: gradient, width: width)
  }
}
