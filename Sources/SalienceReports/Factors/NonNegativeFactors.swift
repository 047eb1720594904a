/// X ≈ W H with nothing below 0 (Lee and Seung, Algorithms for non-negative matrix factorization, NIPS 2000), by the
/// multiplicative updates of scikit-learn's `NMF(solver="mu")`.
///
/// An iteration reads the rows of X once, one after another: each changes its own row of W, and what they sum to changes
/// H. X itself is never held.
package struct NonNegativeFactors {
  /// k.
  let components: Int
  /// Columns of X.
  let width: Int
  /// W [rows x k].
  package private(set) var weights: [Double]
  /// H [k x columns].
  package private(set) var parts: [Double]
  /// ‖X - W H‖ before the first iteration and after the last; nil before there was one.
  package private(set) var errors: (first: Double, last: Double)?

  /// Divisors of 0 become this, as in scikit-learn.
  private static let least = Double(Float.ulpOfOne)

  package init(components: Int, width: Int, weights: [Double], parts: [Double]) {
    self.components = components
    self.width = width
    self.weights = weights
    self.parts = parts
  }

  /// Both factors at random, as `init="random"`: sizes of normal numbers times √(mean of X / k).
  init(components: Int, width: Int, rows: Int, mean: Double, seed: UInt64) {
    var numbers = NormalNumbers(seed: seed)
    let scale = (mean / Double(components)).squareRoot()
    parts = (0..<components * width).map { _ in scale * abs(numbers.next()) }
    weights = (0..<rows * components).map { _ in scale * abs(numbers.next()) }
    self.components = components
    self.width = width
  }

  /// Changes W, and then H.
  ///
  /// - Parameter forEachRow: calls its argument with every row of X, the same ones in the same order each time.
  package mutating func iterate(_ forEachRow: ((SparseRows.Row) throws -> Void) throws -> Void) rethrows {
    let k = components
    let gram = Self.gram(parts, k, width)
    var products = [Double](repeating: 0, count: k * width)
    var weightGram = [Double](repeating: 0, count: k * k)
    // Of X, and of the product of both factors with it, before and after.
    var (squares, before, beforeGram) = (0.0, 0.0, [Double](repeating: 0, count: k * k))
    var row = 0
    var numerators = [Double](repeating: 0, count: k)
    try forEachRow { x in
      let own = row * k..<(row + 1) * k
      row += 1
      let old = Array(weights[own])
      for c in 0..<k {
        var sum = 0.0
        for (column, value) in zip(x.columns, x.values) { sum += Double(value) * parts[c * width + Int(column)] }
        numerators[c] = sum
        before += sum * old[c]
        for d in 0..<k { beforeGram[c * k + d] += old[c] * old[d] }
      }
      for c in 0..<k {
        var denominator = 0.0
        for d in 0..<k { denominator += old[d] * gram[d * k + c] }
        weights[own.lowerBound + c] = old[c] * numerators[c] / (denominator == 0 ? Self.least : denominator)
      }
      for c in 0..<k {
        let weight = weights[own.lowerBound + c]
        for (column, value) in zip(x.columns, x.values) { products[c * width + Int(column)] += weight * Double(value) }
        for d in 0..<k { weightGram[c * k + d] += weight * weights[own.lowerBound + d] }
      }
      for value in x.values { squares += Double(value) * Double(value) }
    }
    var changed = parts
    for c in 0..<k {
      for column in 0..<width {
        var denominator = 0.0
        for d in 0..<k { denominator += weightGram[c * k + d] * parts[d * width + column] }
        let place = c * width + column
        changed[place] = parts[place] * products[place] / (denominator == 0 ? Self.least : denominator)
      }
    }
    parts = changed
    func error(_ product: Double, _ a: [Double], _ b: [Double]) -> Double {
      max(0, squares - 2 * product + zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }).squareRoot()
    }
    let after = zip(products, parts).reduce(0) { $0 + $1.0 * $1.1 }
    errors = (
      errors?.first ?? error(before, beforeGram, gram), error(after, weightGram, Self.gram(parts, k, width))
    )
  }

  /// H Hᵀ.
  private static func gram(_ parts: [Double], _ k: Int, _ width: Int) -> [Double] {
    var result = [Double](repeating: 0, count: k * k)
    for c in 0..<k {
      for d in 0...c {
        var sum = 0.0
        for column in 0..<width { sum += parts[c * width + column] * parts[d * width + column] }
        (result[c * k + d], result[d * k + c]) = (sum, sum)
      }
    }
    return result
  }
}
