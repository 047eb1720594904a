/// A quadrature over 0...1 from any points that hold both ends: between neighbours, the polynomial
/// through the nearest of those whose gradient is known.
struct CompositeRule {
  /// A part of the path between neighbouring points.
  struct Interval {
    /// Positions of its ends among the points as they were given.
    let lower, upper: Int
    let middle, width: Double
    /// Points that the integral over the interval is made of, by their position, and their weights.
    let terms: [(point: Int, weight: Double)]
  }

  let intervals: [Interval]
  /// One per point, in the order in which they were given.
  let weights: [Double]

  /// - Parameters:
  ///   - points: α, in any order, each once.
  ///   - isUsable: whether a polynomial may go through each; all by default.
  ///   - nearest: points that each polynomial goes through, an even number up to 12; all where there are fewer.
  init(_ points: [Double], isUsable: [Bool]? = nil, nearest: Int) {
    let order = points.indices.sorted { points[$0] < points[$1] }
    let sorted = order.map { points[$0] }
    let usable = order.filter { isUsable?[$0] ?? true }
    let known = usable.map { points[$0] }
    var weights = Array(repeating: 0.0, count: points.count)
    // Known points up to the interval's lower end.
    var below = 0
    intervals = (0..<max(0, points.count - 1)).map { index in
      while below < known.count, known[below] <= sorted[index] { below += 1 }
      let terms = Self.weights(known, over: (sorted[index], sorted[index + 1]), after: below, nearest: nearest).map {
        (point: usable[$0.point], weight: $0.weight)
      }
      for term in terms { weights[term.point] += term.weight }
      return Interval(
        lower: order[index], upper: order[index + 1], middle: (sorted[index] + sorted[index + 1]) / 2,
        width: sorted[index + 1] - sorted[index], terms: terms)
    }
    self.weights = weights
  }

  /// Nodes in -1...1 and weights of the Gauss rules that are exact for polynomials through 6 points and through 12.
  private static let gaussOfThree = [(-0.6.squareRoot(), 5.0 / 9), (0, 8.0 / 9), (0.6.squareRoot(), 5.0 / 9)]
  private static let gaussOfSix = Quadrature.gaussLegendre(6).map { (2 * $0.alpha - 1, 2 * $0.weight) }

  /// Integrals of the Lagrange polynomials over an interval, exact by a Gauss rule.
  ///
  /// - Parameter below: points up to the interval's lower end.
  private static func weights(
    _ sorted: [Double], over interval: (lower: Double, upper: Double), after below: Int, nearest: Int
  ) -> [(point: Int, weight: Double)] {
    let count = min(nearest, sorted.count)
    let first = max(0, min(below - nearest / 2, sorted.count - count))
    let middle = (interval.lower + interval.upper) / 2
    let half = (interval.upper - interval.lower) / 2
    let gauss = count <= 6 ? gaussOfThree : gaussOfSix
    return (first..<first + count).map { point in
      let weight = gauss.reduce(0) { sum, node in
        let place = middle + half * node.0
        return sum
          + (first..<first + count).reduce(half * node.1) { product, other in
            other == point ? product : product * (place - sorted[other]) / (sorted[point] - sorted[other])
          }
      }
      return (point, weight)
    }
  }
}
