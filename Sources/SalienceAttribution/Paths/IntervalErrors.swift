import SalienceTensors

/// What each interval of a path's rule contributes of error, as far as its evaluations tell.
struct IntervalErrors {
  /// The larger of an interval's two errors over the targets, each as a multiple of what all intervals together may
  /// have: of completeness, and of the token scores.
  private(set) var relative: [Double]
  /// Whether delta, intervals and scores are within the tolerance for every target.
  private(set) var areSmall = true
  /// Whether no interval misses completeness by more than rounding.
  private(set) var areRounding = true
  /// Whether the scores' error is within the tolerance for every target.
  private(set) var scoresAreSmall = true

  /// - Parameters:
  ///   - rule: the rule in use.
  ///   - finer: a rule of higher order on the same points.
  init(
    _ rule: CompositeRule, finer: CompositeRule, _ evaluations: [PathEvaluation], of quadrature: AdaptiveQuadrature
  ) {
    relative = Array(repeating: 0, count: rule.intervals.count)
    for target in evaluations.first?.values.indices ?? 0..<0 {
      let scores = evaluations.map { $0.scores[target] }
      let slopes = scores.map { $0.reduce(0, +) }
      let values = evaluations.map { $0.values[target] }
      addCompleteness(rule, slopes: slopes, values: values, quadrature)
      addScores(rule, finer, scores, quadrature)
    }
    areSmall = areSmall && scoresAreSmall
  }

  /// The sum over tokens: its integral over an interval is the difference of two known outputs.
  private mutating func addCompleteness(
    _ rule: CompositeRule, slopes: [Double], values: [Double], _ quadrature: AdaptiveQuadrature
  ) {
    let errors = rule.intervals.map { interval in
      interval.terms.reduce(0) { $0 + $1.weight * slopes[$1.point] } - (values[interval.upper] - values[interval.lower])
    }
    let start = rule.intervals.first.map { values[$0.lower] } ?? 0
    let end = rule.intervals.last.map { values[$0.upper] } ?? 0
    let bound = quadrature.tolerance * max(abs(end - start), AdaptiveQuadrature.outputFloor)
    let rounding = quadrature.rounding * max(1, values.map(abs).max() ?? 0)
    let total = errors.reduce(0) { $0 + max(0, abs($1) - rounding) }
    areSmall = areSmall && abs(errors.reduce(0, +)) <= bound && total <= AdaptiveQuadrature.intervalShare * bound
    areRounding = areRounding && total == 0
    relative = zip(relative, errors).map { max($0, abs($1) / bound) }
  }

  /// The scores of single tokens, whose errors may cancel in the sum: what a rule of higher order makes of them.
  private mutating func addScores(
    _ rule: CompositeRule, _ finer: CompositeRule, _ scores: [[Double]], _ quadrature: AdaptiveQuadrature
  ) {
    let tokens = scores.first?.count ?? 0
    var all = Array(repeating: 0.0, count: tokens)
    let errors = zip(rule.intervals, finer.intervals).map { coarse, fine in
      var own = Array(repeating: 0.0, count: tokens)
      for (terms, sign) in [(fine.terms, 1.0), (coarse.terms, -1.0)] {
        for term in terms {
          for (token, score) in scores[term.point].enumerated() { own[token] += sign * term.weight * score }
        }
      }
      for token in own.indices { all[token] += own[token] }
      return Self.norm(own)
    }
    var integral = Array(repeating: 0.0, count: tokens)
    // A gradient that is not finite has the weight 0.
    for (weight, values) in zip(rule.weights, scores) where weight != 0 {
      for (token, score) in values.enumerated() { integral[token] += weight * score }
    }
    let bound = quadrature.tolerance * Self.norm(integral)
    scoresAreSmall = scoresAreSmall && Self.norm(all) <= bound
    if bound > 0 { relative = zip(relative, errors).map { max($0, $1 / bound) } }
  }

  private static func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
