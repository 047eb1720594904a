import Foundation
import SalienceAttribution
import SalienceTensors
import Testing

/// Points and weights for outputs along a path that are known in closed form.
@Suite struct AdaptiveQuadratureTests {
  /// An output along the path and how its slope is shared between tokens.
  private struct Curve {
    let value: (Double) -> Double
    /// Slope of each token's part of the output.
    let slopes: [(Double) -> Double]
    /// The tokens' parts between α = 0 and 1.
    let scores: [Double]
  }

  private struct Outcome {
    let points: [Double]
    let rounds: Int
    let scores: [[Double]]
    let weights: [Double]
    let converged: Bool
  }

  /// Asks and answers until the rule is finished; one target a list of curves.
  private func integrate(_ curves: [Curve], _ rule: AdaptiveQuadrature) -> Outcome {
    var (evaluations, next, round) = ([PathEvaluation](), rule.firstPoints, 0)
    while true {
      evaluations += next.map { alpha in
        PathEvaluation(
          alpha: alpha, round: round, values: curves.map { $0.value(alpha) },
          scores: curves.map { $0.slopes.map { $0(alpha) } })
      }
      switch rule.decision(after: evaluations) {
      case .evaluate(let points): next = points
      case .finish(let weights, let converged):
        let scores = curves.indices.map { target in
          curves[target].slopes.indices.map { token in
            zip(weights, evaluations).reduce(0) { $0 + $1.0 * $1.1.scores[target][token] }
          }
        }
        return Outcome(
          points: evaluations.map(\.alpha), rounds: round + 1, scores: scores, weights: weights, converged: converged)
      }
      round += 1
    }
  }

  /// A transition of a width at a place, shared between three tokens of which one rises later, and a straight part.
  private func transition(at place: Double, width: Double, height: Double = 3) -> Curve {
    func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    func slope(_ x: Double) -> Double { logistic(x) * (1 - logistic(x)) }
    func part(_ shift: Double, _ share: Double) -> (value: (Double) -> Double, slope: (Double) -> Double) {
      (
        { height * share * logistic(($0 - place - shift * width) / width) },
        { height * share * slope(($0 - place - shift * width) / width) / width }
      )
    }
    let parts = [part(0, 1), part(1, -0.4), (value: { 0.2 * $0 }, slope: { _ in 0.2 })]
    return Curve(
      value: { alpha in parts.reduce(0) { $0 + $1.value(alpha) } }, slopes: parts.map(\.slope),
      scores: parts.map { $0.value(1) - $0.value(0) })
  }

  private func length(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  @Test(arguments: [0.03, 0.31, 0.5, 0.77, 0.96], [0.3, 0.1, 0.03, 0.01])
  func keepsTheTolerance(place: Double, width: Double) throws {
    let curve = transition(at: place, width: width)
    let outcome = integrate([curve], try AdaptiveQuadrature(tolerance: 0.01))
    let difference = curve.value(1) - curve.value(0)
    let delta = outcome.scores[0].reduce(0, +) - difference
    #expect(outcome.converged)
    #expect(abs(delta) <= 0.01 * max(abs(difference), AdaptiveQuadrature.outputFloor) * (1 + 1e-9))
    #expect(outcome.points.count <= 40, "\(outcome.points.count) points")
    #expect(Set(outcome.points).count == outcome.points.count, "no point twice")
    #expect(abs(outcome.weights.reduce(0, +) - 1) < 1e-12)
    let error = length(zip(outcome.scores[0], curve.scores).map(-)) / length(curve.scores)
    #expect(error <= 0.06, "scores are off by \(error)")
  }

  @Test func tighterMeansNearer() throws {
    let curve = transition(at: 0.4, width: 0.04)
    var before = (points: 0, error: Double.infinity)
    for tolerance in [0.1, 0.01, 1e-3, 1e-4] {
      let outcome = integrate([curve], try AdaptiveQuadrature(tolerance: tolerance))
      let error = length(zip(outcome.scores[0], curve.scores).map(-)) / length(curve.scores)
      #expect(outcome.converged)
      #expect(outcome.points.count > before.points)
      #expect(error < before.error)
      #expect(error <= 10 * tolerance)
      before = (outcome.points.count, error)
    }
  }

  @Test func pointsGoWhereTheOutputChanges() throws {
    let outcome = integrate([transition(at: 0.3, width: 0.02)], try AdaptiveQuadrature(tolerance: 1e-3))
    let near = outcome.points.filter { abs($0 - 0.3) < 0.15 }.count
    #expect(Double(near) > 0.6 * Double(outcome.points.count))
  }

  @Test func straightPathsTakeTwoRounds() throws {
    let curve = Curve(value: { 2 * $0 - 1 }, slopes: [{ _ in 1.5 }, { _ in 0.5 }], scores: [1.5, 0.5])
    let outcome = integrate([curve], try AdaptiveQuadrature(tolerance: 0.01))
    #expect(outcome.rounds == 2)
    #expect(outcome.points.count == 7)
    #expect(zip(outcome.scores[0], curve.scores).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func aKinkConverges() throws {
    let curve = Curve(
      value: { max(0, $0 - 0.37) }, slopes: [{ $0 > 0.37 ? 1 : 0 }, { _ in 0 }], scores: [0.63, 0])
    let outcome = integrate([curve], try AdaptiveQuadrature(tolerance: 0.01))
    #expect(outcome.converged)
    #expect(outcome.points.count < 30)
    #expect(abs(outcome.scores[0][0] - 0.63) <= 0.0063)
  }

  @Test(arguments: [5, 6, 12, 33]) func neverMoreThanMaxSteps(limit: Int) throws {
    let rule = try AdaptiveQuadrature(tolerance: 1e-6, maxSteps: limit)
    let outcome = integrate([transition(at: 0.3, width: 0.002)], rule)
    #expect(outcome.points.count == limit)
    #expect(!outcome.converged)
    #expect(abs(outcome.weights.reduce(0, +) - 1) < 1e-12)
  }

  @Test func everyTargetIsServed() throws {
    let curves = [transition(at: 0.2, width: 0.02), transition(at: 0.8, width: 0.02, height: -1)]
    let outcome = integrate(curves, try AdaptiveQuadrature(tolerance: 0.01))
    #expect(outcome.converged)
    for (curve, scores) in zip(curves, outcome.scores) {
      let difference = curve.value(1) - curve.value(0)
      #expect(abs(scores.reduce(0, +) - difference) <= 0.01 * abs(difference) * (1 + 1e-9))
    }
  }

  /// Noise as large as bf16 gives must not be chased to the last step.
  @Test func roundingEndsTheSearch() throws {
    let curve = transition(at: 0.5, width: 0.1)
    let noisy = Curve(
      value: { curve.value($0) + 0.0005 * sin(1e4 * $0) }, slopes: curve.slopes, scores: curve.scores)
    let rule = try AdaptiveQuadrature(tolerance: 1e-4)
    let exact = integrate([noisy], rule)
    #expect(!exact.converged && exact.points.count == AdaptiveQuadrature.defaultMaxSteps)
    let coarse = integrate([noisy], rule.adapted(to: .bf16))
    #expect(coarse.points.count < 120, "\(coarse.points.count) points")
  }

  @Test func notANumberEndsAtOnce() throws {
    let curve = Curve(value: { _ in .nan }, slopes: [{ _ in 1 }], scores: [1])
    let outcome = integrate([curve], try AdaptiveQuadrature(tolerance: 0.01))
    #expect(outcome.rounds == 1)
    #expect(!outcome.converged)
  }

  /// Two norms in a row near zeros: outputs that change at 10^-10 and at 10^-3, by gradients as steep as that is near.
  private func norms(_ parts: [(place: Double, shares: [Double])]) -> Curve {
    func value(_ x: Double, _ place: Double) -> Double { x / (x * x + place * place).squareRoot() }
    func slope(_ x: Double, _ place: Double) -> Double {
      let length = (x * x + place * place).squareRoot()
      return place * place / (length * length * length)
    }
    let tokens = parts[0].shares.indices
    return Curve(
      value: { x in parts.reduce(0) { $0 + $1.shares.reduce(0, +) * value(x, $1.place) } },
      slopes: tokens.map { token in { x in parts.reduce(0) { $0 + $1.shares[token] * slope(x, $1.place) } } },
      scores: tokens.map { token in parts.reduce(0) { $0 + $1.shares[token] * value(1, $1.place) } })
  }

  @Test(arguments: [1e-6, 1e-8, 1e-10, 1e-14]) func hugeGradientsAtZeroConverge(place: Double) throws {
    let curve = norms([(place, [3, -5, 1]), (1e-3, [1, 0.5, -0.2]), (0.3, [0.2, 0.1, 0.4])])
    let outcome = integrate([curve], try AdaptiveQuadrature(tolerance: 0.01))
    let difference = curve.value(1) - curve.value(0)
    #expect(outcome.converged)
    #expect(abs(outcome.scores[0].reduce(0, +) - difference) <= 0.01 * abs(difference) * (1 + 1e-9))
    let error = length(zip(outcome.scores[0], curve.scores).map(-)) / length(curve.scores)
    #expect(error <= 0.06, "scores are off by \(error)")
    #expect(outcome.points.count <= 120, "\(outcome.points.count) points")
  }

  /// Too few points for such an end give no more nonsense than a rule that never looks at it.
  @Test(arguments: [5, 9, 17, 33]) func tooFewPointsAtAHugeGradientStaySane(limit: Int) throws {
    let curve = norms([(1e-12, [3, -5, 1]), (0.3, [0.2, 0.1, 0.4])])
    let outcome = integrate([curve], try AdaptiveQuadrature(tolerance: 0.01, maxSteps: limit))
    #expect(!outcome.converged && outcome.points.count == limit)
    let fixed = try Quadrature.gaussLegendre.points(steps: limit)
    let scores = curve.slopes.map { slope in fixed.reduce(0) { $0 + $1.weight * slope($1.alpha) } }
    let difference = curve.value(1) - curve.value(0)
    let (own, other) = (outcome.scores[0].reduce(0, +) - difference, scores.reduce(0, +) - difference)
    #expect(abs(own) <= 1.05 * abs(other), "delta \(own) instead of \(other)")
    let errors = [outcome.scores[0], scores].map { length(zip($0, curve.scores).map(-)) }
    #expect(errors[0] <= 1.05 * errors[1], "scores are off by \(errors)")
  }

  /// A gradient that overflows at the baseline is left out; the outputs tell what its interval comes to.
  @Test func anInfiniteGradientIsLeftOut() throws {
    let curve = Curve(
      value: { $0.squareRoot() + $0 }, slopes: [{ 0.5 / $0.squareRoot() }, { _ in 1 }], scores: [1, 1])
    let outcome = integrate([curve], try AdaptiveQuadrature(tolerance: 0.01))
    #expect(outcome.points[0] == 0 && outcome.weights[0] == 0)
    let scores = curve.slopes.map { slope in
      zip(outcome.weights, outcome.points).reduce(0) { $1.0 == 0 ? $0 : $0 + $1.0 * slope($1.1) }
    }
    #expect(outcome.converged)
    #expect(abs(scores[0] - 1) <= 0.02 && abs(scores[1] - 1) <= 1e-9)
  }

  /// The best weights of the points that there are: by higher orders than a tolerance's cubic, down to what float32
  /// leaves of a model's gradients.
  @Test func shortOfATightToleranceIsAsGoodAsAFixedRule() throws {
    let curve = transition(at: 0.4, width: 0.05)
    let outcome = integrate([curve], try AdaptiveQuadrature(tolerance: 1e-9, maxSteps: 65))
    #expect(!outcome.converged)
    let fixed = try Quadrature.gaussLegendre.points(steps: 33)
    let scores = curve.slopes.map { slope in fixed.reduce(0) { $0 + $1.weight * slope($1.alpha) } }
    let errors = [outcome.scores[0], scores].map { length(zip($0, curve.scores).map(-)) }
    #expect(errors[0] <= max(errors[1], 2e-6 * length(curve.scores)), "scores are off by \(errors)")
  }

  @Test func badSettings() {
    for tolerance in [0, -0.01, .nan, .infinity] {
      #expect(throws: AttributionError.self) { try AdaptiveQuadrature(tolerance: tolerance) }
    }
    #expect(throws: AttributionError.self) { try AdaptiveQuadrature(tolerance: 0.01, maxSteps: 4) }
  }
}
