import SalienceTensors

/// A quadrature over 0...1 from any points that hold both ends: between neighbours, the cubic through the four nearest.
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

  /// - Parameter points: α, in any order, each once.
  init(_ points: [Double]) {
    let order = points.indices.sorted { points[$0] < points[$1] }
    let sorted = order.map { points[$0] }
    var weights = Array(repeating: 0.0, count: points.count)
    intervals = (0..<max(0, points.count - 1)).map { index in
      let terms = Self.weights(sorted, interval: index).map { (point: order[$0.point], weight: $0.weight) }
      for term in terms { weights[term.point] += term.weight }
      return Interval(
        lower: order[index], upper: order[index + 1], middle: (sorted[index] + sorted[index + 1]) / 2,
        width: sorted[index + 1] - sorted[index], terms: terms)
    }
    self.weights = weights
  }

  /// The integral of the Lagrange polynomial through the nearest points, exact by the Gauss rule of two points.
  private static func weights(_ sorted: [Double], interval: Int) -> [(point: Int, weight: Double)] {
    let count = min(4, sorted.count)
    let first = max(0, min(interval - 1, sorted.count - count))
    let (middle, half) = (
      (sorted[interval] + sorted[interval + 1]) / 2, (sorted[interval + 1] - sorted[interval]) / 2
    )
    let places = [middle - half / 3.0.squareRoot(), middle + half / 3.0.squareRoot()]
    return (first..<first + count).map { point in
      let weight = places.reduce(0) { sum, place in
        sum
          + (first..<first + count).reduce(half) { product, other in
            other == point ? product : product * (place - sorted[other]) / (sorted[point] - sorted[other])
          }
      }
      return (point, weight)
    }
  }
}

/// What each interval of a rule misses of completeness.
struct IntervalErrors {
  /// The largest error of an interval over the targets, as a multiple of what all intervals together may have.
  let relative: [Double]
  /// Whether every number is one.
  let areFinite: Bool
  /// Whether delta and intervals are within the tolerance for every target.
  let areSmall: Bool
  /// Whether no interval errs by more than rounding.
  let areRounding: Bool

  init(_ rule: CompositeRule, _ evaluations: [PathEvaluation], of quadrature: AdaptiveQuadrature) {
    var relative = Array(repeating: 0.0, count: rule.intervals.count)
    var (areFinite, areSmall, areRounding) = (true, true, true)
    for target in evaluations.first?.values.indices ?? 0..<0 {
      let slopes = evaluations.map { $0.scores[target].reduce(0, +) }
      let values = evaluations.map { $0.values[target] }
      guard slopes.allSatisfy(\.isFinite), values.allSatisfy(\.isFinite) else {
        areFinite = false
        continue
      }
      let errors = rule.intervals.map { interval in
        interval.terms.reduce(0) { $0 + $1.weight * slopes[$1.point] } - (values[interval.upper] - values[interval.lower])
      }
      let start = rule.intervals.first.map { values[$0.lower] } ?? 0
      let end = rule.intervals.last.map { values[$0.upper] } ?? 0
      let bound = quadrature.tolerance * max(abs(end - start), AdaptiveQuadrature.outputFloor)
      let rounding = quadrature.rounding * (values.map(abs).max() ?? 0)
      let total = errors.reduce(0) { $0 + max(0, abs($1) - rounding) }
      areSmall =
        areSmall && abs(errors.reduce(0, +)) <= bound && total <= AdaptiveQuadrature.intervalShare * bound
      areRounding = areRounding && total == 0
      relative = zip(relative, errors).map { max($0, abs($1) / bound) }
    }
    self.relative = relative
    self.areFinite = areFinite
    self.areSmall = areSmall
    self.areRounding = areRounding
  }
}
