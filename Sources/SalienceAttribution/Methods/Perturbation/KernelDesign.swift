/// Subsets of the features, of which a weighted regression makes Shapley values.
struct KernelDesign: PerturbationDesign {
  let features: Int
  /// Each with some, but not all, of the features.
  let flags: [[Bool]]
  /// Whether every subset is there once; otherwise they are as frequent as the kernel weights them.
  let isExhaustive: Bool

  var count: Int { 1 + flags.count }

  var emptyCopy: Int? { 0 }

  func present(_ copy: Int) -> [Bool] {
    copy == 0 ? [Bool](repeating: false, count: features) : flags[copy - 1]
  }

  /// What the kernel weights all subsets of a size together: (n - 1) / (s (n - s)).
  static func sizeWeight(_ size: Int, of features: Int) -> Double {
    Double(features - 1) / Double(size * (features - size))
  }

  /// Each subset's own share of the weight of its size.
  private var weights: [Double] {
    guard isExhaustive else { return flags.map { _ in 1 } }
    // C(n, s)
    var subsets = [1.0]
    for size in 1...features { subsets.append(subsets[size - 1] * Double(features - size + 1) / Double(size)) }
    return flags.map { flags in
      let size = flags.count { $0 }
      return Self.sizeWeight(size, of: features) / subsets[size]
    }
  }

  /// The φ with Σ φ = F(x) - F(∅) that minimise Σ_S w_S (Σ_{i in S} φ_i - (F(S) - F(∅)))²; of several the one with the
  /// most equal values.
  ///
  /// The constraint is met by φ = mean + deviations whose sum is 0: flags and deviations are projected onto vectors of
  /// that kind.
  func scores(whole: Double, _ values: [Double]) -> [Double] {
    let mean = (whole - values[0]) / Double(features)
    var rows: [[Double]] = []
    var moments = [Double](repeating: 0, count: features)
    for ((flags, value), weight) in zip(zip(flags, values.dropFirst()), weights) {
      let size = Double(flags.count { $0 })
      let row = flags.map { (($0 ? 1 : 0) - size / Double(features)) * weight.squareRoot() }
      let rest = (value - values[0] - size * mean) * weight.squareRoot()
      for feature in row.indices { moments[feature] += row[feature] * rest }
      rows.append(row)
    }
    let deviations = ConjugateGradients.solve(moments) { vector in
      var product = [Double](repeating: 0, count: features)
      for row in rows {
        let share = zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 }
        for feature in row.indices { product[feature] += share * row[feature] }
      }
      return product
    }
    return deviations.map { mean + $0 }
  }
}
