/// A linear model with an intercept of values by flags, fitted by weighted least squares in float64.
///
/// The intercept is taken out by centring flags and values around their weighted means.
struct LinearModel {
  /// Σ_i w_i x_i x_iᵀ of the centred flags [n x n].
  private let gram: [[Double]]
  /// Σ_i w_i y_i x_i [n].
  private let moments: [Double]
  private let weightSum: Double
  private let sampleCount: Int

  /// A coefficient's last change, as a share of the largest one, below which a descent has ended.
  private static let settled = 1e-12
  private static let maximumSweeps = 10_000

  /// - Parameters:
  ///   - flags: one row per sample, all of one length.
  ///   - values: as many.
  ///   - weights: as many, none negative.
  init(_ flags: [[Bool]], _ values: [Double], weights: [Double]) {
    let count = flags.first?.count ?? 0
    let sum = weights.reduce(0, +)
    var means = [Double](repeating: 0, count: count)
    var valueMean = 0.0
    for (index, row) in flags.enumerated() {
      valueMean += weights[index] * values[index] / sum
      for feature in row.indices where row[feature] { means[feature] += weights[index] / sum }
    }
    var gram = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var moments = [Double](repeating: 0, count: count)
    for (index, row) in flags.enumerated() {
      let centred = row.indices.map { (row[$0] ? 1 : 0) - means[$0] }
      for i in centred.indices {
        let scaled = weights[index] * centred[i]
        moments[i] += scaled * (values[index] - valueMean)
        for j in centred.indices { gram[i][j] += scaled * centred[j] }
      }
    }
    self.gram = gram
    self.moments = moments
    weightSum = sum
    sampleCount = flags.count
  }

  /// Coefficients b that minimise Σ_i w_i (y_i - x_i b)² / (2 Σ_i w_i) + α Σ |b|, by coordinate descent: scikit-learn's
  /// `Lasso` with sample weights.
  func lasso(alpha: Double) -> [Double] {
    var coefficients = [Double](repeating: 0, count: moments.count)
    // moments - gram · coefficients
    var residuals = moments
    for _ in 0..<Self.maximumSweeps {
      var (change, largest) = (0.0, 0.0)
      for i in coefficients.indices where gram[i][i] > 0 {
        let pull = residuals[i] + gram[i][i] * coefficients[i]
        let shrunk = max(0, abs(pull) - alpha * weightSum) / gram[i][i]
        let next = pull < 0 ? -shrunk : shrunk
        let step = next - coefficients[i]
        if step != 0 {
          for j in residuals.indices { residuals[j] -= gram[i][j] * step }
          coefficients[i] = next
        }
        change = max(change, abs(step))
        largest = max(largest, abs(next))
      }
      if change <= Self.settled * largest { break }
    }
    return coefficients
  }

  /// Coefficients b that minimise Σ_i w_i (y_i - x_i b)² + α Σ b²: scikit-learn's `Ridge` with sample weights.
  func ridge(alpha: Double) -> [Double] {
    ConjugateGradients.solve(moments) { vector in
      gram.indices.map { i in zip(gram[i], vector).reduce(alpha * vector[i]) { $0 + $1.0 * $1.1 } }
    }
  }
}
