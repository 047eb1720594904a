import SalienceTensors

/// Weights for a path that ends short of its tolerance.
///
/// Where the gradient is huge near one end of an interval and falls off within a small part of it, the polynomial through
/// that gradient is wrong by as much as it is huge. The outputs tell: over each interval the sum over tokens is known, and
/// so is the range of the outputs on the whole path. An interval whose polynomial costs more than another rule by
/// more than that range takes the other rule: the polynomial through more points or two, or one end's gradient alone. What
/// a rule costs is its error of the sum, and a share of the length of the token scores that it adds, which may be nonsense
/// and cancel in the sum. All other intervals take polynomials of one order, the one that misses least.
struct PlausibleRule {
  private typealias Terms = [(point: Int, weight: Double)]

  /// One per point.
  let weights: [Double]
  /// The largest error of the sum over tokens of any target, without regard to the intervals' signs, as a share of the
  /// outputs' range on the path.
  let miss: Double

  /// Share of the length of an interval's scores in what its rule costs.
  private static let lengthShare = 0.25

  /// Points that polynomials go through: a smooth path that was to keep a tight tolerance gains by the higher orders.
  private static let orders = [4, 6, 8, 10, 12]

  init(_ evaluations: [PathEvaluation]) {
    let points = evaluations.map(\.alpha)
    let isUsable = evaluations.map(\.hasGradient)
    let rules = Self.orders.map { CompositeRule(points, isUsable: isUsable, nearest: $0) }
    let linear = CompositeRule(points, isUsable: isUsable, nearest: 2)
    let targets = evaluations.first?.values.indices ?? 0..<0
    let ranges = targets.map { target in
      let values = evaluations.map { $0.values[target] }
      return max((values.max() ?? 0) - (values.min() ?? 0), AdaptiveQuadrature.outputFloor)
    }
    /// What an interval's rule misses of the sum over tokens, and how long its token scores are, as shares of the ranges.
    func faults(_ terms: Terms, _ interval: CompositeRule.Interval) -> (miss: Double, cost: Double) {
      var worst = (miss: 0.0, cost: 0.0)
      for target in targets {
        var scores = Array(repeating: 0.0, count: evaluations[0].scores[target].count)
        for term in terms {
          for (token, score) in evaluations[term.point].scores[target].enumerated() {
            scores[token] += term.weight * score
          }
        }
        let change = evaluations[interval.upper].values[target] - evaluations[interval.lower].values[target]
        let miss = abs(scores.reduce(0, +) - change) / ranges[target]
        let length = scores.reduce(0) { $0 + $1 * $1 }.squareRoot() / ranges[target]
        worst = (max(worst.miss, miss), max(worst.cost, miss + Self.lengthShare * length))
      }
      return worst
    }
    let misses = rules.map { rule in rule.intervals.reduce(0) { $0 + faults($1.terms, $1).miss } }
    let base = rules[rules.indices.min { misses[$0] < misses[$1] } ?? 0]
    var weights = Array(repeating: 0.0, count: points.count)
    var missed = 0.0
    for (index, interval) in base.intervals.enumerated() {
      let ends = [interval.lower, interval.upper].filter { isUsable[$0] }.map { [(point: $0, weight: interval.width)] }
      let others = (rules + [linear]).map { $0.intervals[index].terms } + ends
      let own = faults(interval.terms, interval).cost
      var best = (cost: own, terms: interval.terms)
      for terms in others where own > 1 {
        let other = faults(terms, interval).cost
        if other < best.cost { best = (other, terms) }
      }
      let terms = own - best.cost > 1 ? best.terms : interval.terms
      for term in terms { weights[term.point] += term.weight }
      missed += faults(terms, interval).miss
    }
    self.weights = weights
    miss = missed
  }
}
