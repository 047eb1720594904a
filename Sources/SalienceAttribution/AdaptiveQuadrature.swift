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
/// Every point that was evaluated counts in the result.
public struct AdaptiveQuadrature: PathRefinement, Equatable {
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
  /// Intervals are not halved below this width: α is a 32-bit number on devices.
  private static let leastWidth = 1e-6

  /// - Throws: `AttributionError` with code `usage` for a tolerance that is no number above 0, and for fewer points than
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
    let points = evaluations.map(\.alpha)
    let current = CompositeRule(points, nearest: 4)
    let errors = IntervalErrors(current, finer: CompositeRule(points, nearest: 6), evaluations, of: self)
    guard errors.areFinite else { return .finish(weights: current.weights, converged: false) }
    let settled = errors.scoresAreSmall && scoresSettled(evaluations, current)
    if settled && errors.areSmall { return .finish(weights: current.weights, converged: true) }
    let candidates = current.intervals.indices.filter { current.intervals[$0].width > Self.leastWidth }
      .sorted { (errors.relative[$1], $0) < (errors.relative[$0], $1) }
    let room = min(Self.halvings, maxSteps - evaluations.count)
    // Where no interval errs by more than rounding does, more of them would not help.
    if room <= 0 || candidates.isEmpty || (settled && errors.areRounding) {
      return .finish(weights: current.weights, converged: false)
    }
    return .evaluate(candidates.prefix(room).map { current.intervals[$0].middle })
  }

  /// Whether the last round hardly moved the scores.
  private func scoresSettled(_ evaluations: [PathEvaluation], _ current: CompositeRule) -> Bool {
    guard let last = evaluations.last?.round, evaluations.first?.round != last else { return false }
    let before = CompositeRule(evaluations.filter { $0.round < last }.map(\.alpha), nearest: 4).weights
    // Earlier rounds come first.
    let changes = current.weights.enumerated().map { $1 - ($0 < before.count ? before[$0] : 0) }
    for target in evaluations[0].scores.indices {
      var (moved, norm) = (0.0, 0.0)
      for token in evaluations[0].scores[target].indices {
        var (change, score) = (0.0, 0.0)
        for (index, evaluation) in evaluations.enumerated() {
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
