/// Where each sequence of an evaluation batch lies on its example's path.
public struct PathBatch: Sendable {
  /// First token row of the sequence's example in the buffers of end points, one per sequence.
  public private(set) var exampleRows: [Int] = []
  /// α: 0 at the baseline, 1 at the input, one per sequence.
  public private(set) var alphas: [Double] = []
  /// Quadrature weight of the evaluation, one per sequence.
  public private(set) var weights: [Double] = []

  public init() {}

  /// Tokens of the distinct examples among sequences of these lengths.
  package func exampleTokens(lengths: [Int]) -> Int {
    Dictionary(zip(exampleRows, lengths)) { first, _ in first }.values.reduce(0, +)
  }

  public mutating func append(exampleRow: Int, alpha: Double, weight: Double) {
    exampleRows.append(exampleRow)
    alphas.append(alpha)
    weights.append(weight)
  }
}

/// Sums over the hidden dimension of an attribution a [N tokens x H], whose elements a `TokenReduction` names.
public struct PathScores: Sendable {
  /// Σ_h a_h, one per token row.
  public let sums: [Double]
  /// Σ_h a_h², one per token row.
  public let squares: [Double]

  public init(sums: [Double], squares: [Double]) {
    self.sums = sums
    self.squares = squares
  }

  /// Rows of several answers, one after another.
  public init(_ parts: [PathScores]) {
    self.init(sums: parts.flatMap(\.sums), squares: parts.flatMap(\.squares))
  }

  /// Some of the rows.
  public subscript(rows: Range<Int>) -> PathScores {
    PathScores(sums: Array(sums[rows]), squares: Array(squares[rows]))
  }
}

/// What integrated gradients need beside the model's own ops: a path between two points, and a sum along it.
///
/// End points and sums are buffers [example tokens x H]; evaluations are the current packed batch.
public protocol PathKernels {
  /// output[t] = x' + α (x - x'), rows taken from the example that the sequence belongs to.
  func interpolate(input: Handle, baseline: Handle, path: PathBatch, output: Handle) throws

  /// sum[row] += weight * gradient[t], sequence by sequence in ascending order, so that sums do not depend on
  /// how evaluations were batched. A gradient whose weight is 0 is not read: it may not be finite.
  func accumulate(_ gradient: Handle, path: PathBatch, into sum: Handle) throws

  /// Copies a packed value's rows into a buffer of end points, from row `row` on; zeros replace the rows that `zeroed` marks.
  func store(_ value: Handle, zeroed: [Bool], into buffer: Handle, at row: Int) throws

  /// Sets the first `rows` rows of `width` elements to zero.
  func clear(_ buffer: Handle, rows: Int, width: Int) throws

  /// Sums over the hidden dimension of the elements that `reduction` names, for the first `rows` rows; without
  /// `readsEnds`, input and baseline are not read.
  func reduce(
    input: Handle, baseline: Handle, gradient: Handle, rows: Int, width: Int, reduction: TokenReduction
  ) throws -> PathScores
}

/// The calls of `PathKernels` with what they read and write; H is the values' width.
package struct Interpolation: KernelCall {
  package static let name = "interpolate"
  let input, baseline: Handle
  let path: PathBatch
  let output: Handle
  /// H.
  let width: Int

  package init(input: Handle, baseline: Handle, path: PathBatch, output: Handle, width: Int) {
    self.input = input
    self.baseline = baseline
    self.path = path
    self.output = output
    self.width = width
  }

  /// Both ends of each example once, and every evaluation.
  package func work(_ sizes: BatchSizes) -> KernelWork {
    KernelWork(elements: (2 * path.exampleTokens(lengths: sizes.lengths) + sizes.tokens) * width)
  }

  package func encode(on kernels: any Kernels) throws {
    try kernels.interpolate(input: input, baseline: baseline, path: path, output: output)
  }
}

/// See `PathKernels.accumulate`.
package struct Accumulation: KernelCall {
  package static let name = "accumulate"
  let gradient: Handle
  let path: PathBatch
  let sum: Handle
  /// H.
  let width: Int

  package init(_ gradient: Handle, path: PathBatch, into sum: Handle, width: Int) {
    self.gradient = gradient
    self.path = path
    self.sum = sum
    self.width = width
  }

  /// The sums are read and written.
  package func work(_ sizes: BatchSizes) -> KernelWork {
    KernelWork(elements: (sizes.tokens + 2 * path.exampleTokens(lengths: sizes.lengths)) * width)
  }

  package func encode(on kernels: any Kernels) throws { try kernels.accumulate(gradient, path: path, into: sum) }
}

/// See `PathKernels.store`.
package struct Storing: KernelCall {
  package static let name = "store"
  let value: Handle
  let zeroed: [Bool]
  let buffer: Handle
  let row: Int
  let width: Int

  package init(_ value: Handle, zeroed: [Bool], into buffer: Handle, at row: Int, width: Int) {
    self.value = value
    self.zeroed = zeroed
    self.buffer = buffer
    self.row = row
    self.width = width
  }

  package func work(_ sizes: BatchSizes) -> KernelWork { KernelWork(elements: 2 * zeroed.count * width) }

  package func encode(on kernels: any Kernels) throws {
    try kernels.store(value, zeroed: zeroed, into: buffer, at: row)
  }
}

/// See `PathKernels.clear`.
package struct Clearing: KernelCall {
  package static let name = "fill"
  let buffer: Handle
  let rows, width: Int

  package init(_ buffer: Handle, rows: Int, width: Int) {
    self.buffer = buffer
    self.rows = rows
    self.width = width
  }

  package func work(_ sizes: BatchSizes) -> KernelWork { KernelWork(elements: rows * width) }

  package func encode(on kernels: any Kernels) throws { try kernels.clear(buffer, rows: rows, width: width) }
}

/// See `PathKernels.reduce`.
package struct Reduction: KernelCall {
  package static let name = "reduce"
  let input, baseline, gradient: Handle
  let rows, width: Int
  let reduction: TokenReduction

  package init(
    input: Handle, baseline: Handle, gradient: Handle, rows: Int, width: Int, reduction: TokenReduction = .product
  ) {
    self.input = input
    self.baseline = baseline
    self.gradient = gradient
    self.rows = rows
    self.width = width
    self.reduction = reduction
  }

  /// Three matrices, or the gradient alone, and two sums of 64 bits per row.
  package func work(_ sizes: BatchSizes) -> KernelWork {
    KernelWork(elements: reduction.operandCount * rows * width + 4 * rows)
  }

  package func encode(on kernels: any Kernels) throws -> PathScores {
    try kernels.reduce(
      input: input, baseline: baseline, gradient: gradient, rows: rows, width: width, reduction: reduction)
  }
}
