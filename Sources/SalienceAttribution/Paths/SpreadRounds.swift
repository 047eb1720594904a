import Foundation
import SalienceTensors

/// The rounds of a path with a gradient so steep that halved intervals would not reach it with the points there are.
///
/// Each point but a few halves the interval beside the steepest one, whose polynomial stays wrong until the interval is
/// as short as the gradient is steep. Points that end on the way there are worth less than the same number spread over
/// the path by a fixed rule, so they are: the result is that rule's, or that of all points together where it misses less
/// of the outputs' change.
struct SpreadRounds {
  private let maxSteps: Int

  /// Points that a halving of the steepest interval takes, with those that the intervals around it need.
  private static let pointsPerHalving = 3.0
  /// Points that a round evaluates: gradients are held for all paths of a batch.
  private static let pointsPerRound = 10

  /// - Parameter maxSteps: of the path, those of its first round included.
  init(maxSteps: Int) { self.maxSteps = maxSteps }

  /// What to do after a first round that calls for these rounds, and after each of them; nil on any other path.
  func decision(after evaluations: [PathEvaluation]) -> PathDecision? {
    let first = evaluations.prefix { $0.round == 0 }
    // An odd number would have 0.5 among them, as the first round has.
    let count = (maxSteps - first.count) / 2 * 2
    guard count > 0, isTooSteep(Array(first)) else { return nil }
    let rule = Quadrature.gaussLegendre(count)
    let own = evaluations[first.count...]
    if own.count < count { return .evaluate(rule[own.count...].prefix(Self.pointsPerRound).map(\.alpha)) }
    let all = PlausibleRule(evaluations)
    let isFixed = miss(own, by: rule, of: evaluations) < all.miss
    let weights = isFixed ? first.map { _ in 0 } + rule.map(\.weight) : all.weights
    return .finish(weights: weights, converged: false)
  }

  /// Whether the intervals beside the steepest point would have to be halved more often than there are points for.
  private func isTooSteep(_ evaluations: [PathEvaluation]) -> Bool {
    let usable = evaluations.filter(\.hasGradient)
    let width = 1 / Double(evaluations.count - 1)
    let steepest =
      ranges(of: evaluations).enumerated().map { target, range in
        usable.map { abs($0.scores[target].reduce(0, +)) * width / range }.max() ?? 0
      }.max() ?? 0
    return steepest > 1 && log2(steepest) * Self.pointsPerHalving > Double(maxSteps - evaluations.count)
  }

  /// What the fixed rule misses of the outputs' difference, as a share of their range.
  private func miss(
    _ fixed: ArraySlice<PathEvaluation>, by rule: [PathPoint], of evaluations: [PathEvaluation]
  ) -> Double {
    guard fixed.allSatisfy(\.hasGradient), let start = evaluations.first(where: { $0.alpha == 0 }),
      let end = evaluations.first(where: { $0.alpha == 1 })
    else { return .infinity }
    return ranges(of: evaluations).enumerated().map { target, range in
      let sum = zip(fixed, rule).reduce(0) { $0 + $1.1.weight * $1.0.scores[target].reduce(0, +) }
      return abs(sum - (end.values[target] - start.values[target])) / range
    }.max() ?? 0
  }

  private func ranges(of evaluations: [PathEvaluation]) -> [Double] {
    (evaluations.first?.values.indices ?? 0..<0).map { target in
      let values = evaluations.map { $0.values[target] }
      return max((values.max() ?? 0) - (values.min() ?? 0), AdaptiveQuadrature.outputFloor)
    }
  }
}
