/// Where each sequence of an evaluation batch lies on its example's path.
public struct PathBatch: Sendable {
  /// First token row of the sequence's example in the buffers of end points, one a sequence.
  public private(set) var exampleRows: [Int] = []
  /// α: 0 at the baseline, 1 at the input, one a sequence.
  public private(set) var alphas: [Double] = []
  /// Quadrature weight of the evaluation, one a sequence.
  public private(set) var weights: [Double] = []

  public init() {}

  public mutating func append(exampleRow: Int, alpha: Double, weight: Double) {
    exampleRows.append(exampleRow)
    alphas.append(alpha)
    weights.append(weight)
  }
}

/// Sums over the hidden dimension of an attribution [N tokens x H].
public struct PathScores: Sendable {
  /// Σ_h (x - x')_h g_h, one a token row.
  public let sums: [Double]
  /// Σ_h ((x - x')_h g_h)², one a token row.
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
  /// how evaluations were batched. A gradient whose weight is 0 is not read: it may be no number.
  func accumulate(_ gradient: Handle, path: PathBatch, into sum: Handle) throws

  /// Copies a packed value's rows into a buffer of end points from row `row` on, with zeros where `zeroed` says so.
  func store(_ value: Handle, zeroed: [Bool], into buffer: Handle, at row: Int) throws

  /// Sets the first `rows` rows of `width` elements to zero.
  func clear(_ buffer: Handle, rows: Int, width: Int) throws

  /// Sums over the hidden dimension of (x - x') * gradient for the first `rows` rows.
  func reduce(input: Handle, baseline: Handle, gradient: Handle, rows: Int, width: Int) throws -> PathScores
}
