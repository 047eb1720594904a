import Foundation
import SalienceTensors

/// Integrates along a path with as few points as a tolerance allows, placed where the output changes.
///
/// The points cut 0...1 into intervals; over each, the gradients are integrated as the cubic through the four nearest
/// points. Completeness holds for every part of a path as for the whole of it: Σ_t ∫ (x - x')_t ∂F/∂x_t dα over an
/// interval is F at its end minus F at its beginning, and the forward passes give both. So each interval's error of the
/// sum over tokens is known, not estimated; that of the tokens' own scores is the difference from what the polynomial
/// through six points gives. The two worst intervals are halved until
///
/// - |Σ attributions - (F(x) - F(x'))| is at most the tolerance times max(|F(x) - F(x')|, `outputFloor`),
/// - the intervals' errors, without regard to sign, add up to at most `intervalShare` times that, so that a small delta
///   is not the luck of errors that cancel,
/// - the estimated error of the token scores is at most the tolerance, relative to their norm, and
/// - the last round moved the token scores by at most `scoreShare` times the tolerance, relative to their norm.
///
/// Near zeros a root mean square norm multiplies gradients by up to the inverse square root of its epsilon, and two in a
/// row by as much each: the gradient at such an end may be 10^10 times what it is a thousandth of the way on, or overflow.
/// Intervals there shrink as far as 32-bit numbers allow, which beside 0 is far; a gradient that is not finite is left
/// out, for the outputs still say what its interval must come to. Where `maxSteps` points would not get there, they are
/// spread over the path instead, see `SpreadRounds`. A path that ends short of its tolerance gets weights that do not
/// believe polynomials which the outputs contradict, see `PlausibleRule`.
///
/// Every point that was evaluated counts in the result.
public struct AdaptiveQuadrature: PathRefinement {
  /// |delta| that is allowed, as a share of the output's difference.
  public let tolerance: Double
  /// Most points of a path.
  public let maxSteps: Int
  /// What a forward pass's rounding may make of an output, as a share of it, and of 1 logit where it is smaller.
  ///
  /// Intervals that err by less say nothing.
  public let rounding: Double

  /// Differences of outputs, in logits, below which the tolerance is a share of this instead.
  public static let outputFloor = 0.001
  /// Errors that cancel may be this many times as large as the delta.
  public static let intervalShare = 5.0
  /// Change of the scores from round to round, in tolerances.
  public static let scoreShare = 2.0
  /// Points of the first round.
  public static let minimumSteps = 5
  /// What `max_steps` is where nobody says.
  public static let defaultMaxSteps = 257

  /// Intervals that a round halves.
  private static let halvings = 2
  /// Intervals are not halved below this share of their upper end: α is a 32-bit number on devices.
  private static let leastWidth = 1e-6
  /// Nor below this width, which the gradients' range asks for.
  private static let leastPoint = 1e-30
  /// What an interval that begins at 0 and ends below `leastWidth` is divided by, instead of being halved.
  private static let descent = 16.0
  /// Gradients that a rule needs.
  private static let leastGradients = 4

  /// - Throws: `AttributionError` with code `usage` for a tolerance that is not above 0, and for fewer points than
  ///   the first round has.
  public init(tolerance: Double, maxSteps: Int = defaultMaxSteps) throws {
    guard tolerance > 0, tolerance.isFinite else {
      throw AttributionError(.usage, "the tolerance must be a number above 0, not \(tolerance)", setting: .tolerance)
    }
    guard maxSteps >= Self.minimumSteps else {
      throw AttributionError(
        .usage, "a tolerance needs at least \(Self.minimumSteps) steps, not \(maxSteps)", setting: .maxSteps)
    }
    self.init(tolerance: tolerance, maxSteps: maxSteps, rounding: Precision.f32.outputRounding)
  }

  private init(tolerance: Double, maxSteps: Int, rounding: Double) {
    self.tolerance = tolerance
    self.maxSteps = maxSteps
    self.rounding = rounding
  }

  /// The same for outputs computed in another precision.
  public func adapted(to precision: Precision) -> AdaptiveQuadrature {
    AdaptiveQuadrature(tolerance: tolerance, maxSteps: maxSteps, rounding: precision.outputRounding)
  }

  /// Steps that a trained model usually takes a path, for estimates of time: 18 at 1 %, more where less is allowed as
  /// the fifth root of it goes.
  public static func expectedSteps(tolerance: Double) -> Int {
    max(minimumSteps, Int((18 * pow(0.01 / max(tolerance, 1e-9), 0.2)).rounded()))
  }

  public var firstPoints: [Double] { [0, 0.25, 0.5, 0.75, 1] }

  public func decision(after evaluations: [PathEvaluation]) -> PathDecision {
    if let decision = SpreadRounds(maxSteps: maxSteps).decision(after: evaluations) { return decision }
    let points = evaluations.map(\.alpha)
    let isUsable = evaluations.map(\.hasGradient)
    guard isUsable.count(where: { $0 }) >= Self.leastGradients,
      evaluations.allSatisfy({ $0.values.allSatisfy(\.isFinite) })
    else { return .finish(weights: CompositeRule(points, nearest: 4).weights, converged: false) }
    let current = CompositeRule(points, isUsable: isUsable, nearest: 4)
    let finer = CompositeRule(points, isUsable: isUsable, nearest: 6)
    let errors = IntervalErrors(current, finer: finer, evaluations, of: self)
    let settled = errors.scoresAreSmall && scoresSettled(evaluations, current)
    if settled && errors.areSmall { return .finish(weights: current.weights, converged: true) }
    let candidates = current.intervals.indices.filter {
      let interval = current.intervals[$0]
      return interval.width > max(Self.leastWidth * points[interval.upper], Self.leastPoint)
    }.sorted { (errors.relative[$1], $0) < (errors.relative[$0], $1) }
    let room = min(Self.halvings, maxSteps - evaluations.count)
    // Where no interval errs by more than rounding does, more of them would not help.
    if room <= 0 || candidates.isEmpty || (settled && errors.areRounding) {
      return .finish(weights: PlausibleRule(evaluations).weights, converged: false)
    }
    return .evaluate(
      candidates.prefix(room).map { index in
        let interval = current.intervals[index]
        let (lower, upper) = (points[interval.lower], points[interval.upper])
        return lower == 0 && upper <= Self.leastWidth ? upper / Self.descent : interval.middle
      })
  }

  /// Whether the last round hardly moved the scores.
  private func scoresSettled(_ evaluations: [PathEvaluation], _ current: CompositeRule) -> Bool {
    guard let last = evaluations.last?.round, evaluations.first?.round != last else { return false }
    let earlier = evaluations.filter { $0.round < last }
    let before = CompositeRule(earlier.map(\.alpha), isUsable: earlier.map(\.hasGradient), nearest: 4).weights
    // Earlier rounds come first.
    let changes = current.weights.enumerated().map { $1 - ($0 < before.count ? before[$0] : 0) }
    for target in evaluations[0].scores.indices {
      var (moved, norm) = (0.0, 0.0)
      for token in evaluations[0].scores[target].indices {
        var (change, score) = (0.0, 0.0)
        for (index, evaluation) in evaluations.enumerated() where evaluation.hasGradient {
          change += changes[index] * evaluation.scores[target][token]
          score += current.weights[index] * evaluation.scores[target][token]
        }
        moved += change * change
        norm += score * score
      }
      let bound = Self.scoreShare * tolerance
      if !(moved <= bound * bound * norm) { return false }
    }
    return true
  }
}

extension PathEvaluation {
  /// Whether the gradient at the point is finite.
  var hasGradient: Bool { scores.allSatisfy { $0.allSatisfy(\.isFinite) } }
}

extension Precision {
  /// What rounding may make of a model's output, as a share of it, and of 1 logit where it is smaller.
  ///
  /// Outputs of the demo's models differ by up to 8e-4 between f32 and bf16, small ones by as much as large ones; an
  /// interval has two.
  var outputRounding: Double {
    switch self {
    case .f32: 1e-6
    case .f16: 2.5e-4
    case .bf16: 2e-3
    }
  }
}
