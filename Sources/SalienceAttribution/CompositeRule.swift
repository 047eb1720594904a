/// A quadrature over 0...1 from any points that hold both ends: between neighbours, the polynomial
/// through the nearest of them.
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
  /// One a point, in the order in which they were given.
  let weights: [Double]

  /// - Parameters:
  ///   - points: α, in any order, each once.
  ///   - nearest: points that each polynomial goes through, an even number up to 6; all where there are fewer.
  init(_ points: [Double], nearest: Int) {
    let order = points.indices.sorted { points[$0] < points[$1] }
    let sorted = order.map { points[$0] }
    var weights = Array(repeating: 0.0, count: points.count)
    intervals = (0..<max(0, points.count - 1)).map { index in
      let terms = Self.weights(sorted, interval: index, nearest: nearest).map {
        (point: order[$0.point], weight: $0.weight)
      }
      for term in terms { weights[term.point] += term.weight }
      return Interval(
        lower: order[index], upper: order[index + 1], middle: (sorted[index] + sorted[index + 1]) / 2,
        width: sorted[index + 1] - sorted[index], terms: terms)
    }
    self.weights = weights
  }

  /// Integrals of the Lagrange polynomials over an interval, exact by the Gauss rule of three points.
  private static func weights(_ sorted: [Double], interval: Int, nearest: Int) -> [(point: Int, weight: Double)] {
    let count = min(nearest, sorted.count)
    let first = max(0, min(interval + 1 - nearest / 2, sorted.count - count))
    let middle = (sorted[interval] + sorted[interval + 1]) / 2
    let half = (sorted[interval + 1] - sorted[interval]) / 2
    let gauss = [(-0.6.squareRoot(), 5.0 / 9), (0, 8.0 / 9), (0.6.squareRoot(), 5.0 / 9)]
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
