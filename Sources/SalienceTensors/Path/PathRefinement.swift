/// What one point of a path gave.
public struct PathEvaluation: Sendable {
  /// α: 0 at the baseline, 1 at the input.
  public let alpha: Double
  /// The round that asked for the point, from 0 on.
  public let round: Int
  /// cotangent · F at the point, one per target.
  public let values: [Double]
  /// Σ_h (x - x')_h ∂(cotangent · F)/∂x_h, one per token, for each target.
  public let scores: [[Double]]

  public init(alpha: Double, round: Int, values: [Double], scores: [[Double]]) {
    self.alpha = alpha
    self.round = round
    self.values = values
    self.scores = scores
  }
}

/// Chooses the points of one example's path by what the points before gave.
///
/// A decision depends on nothing but the evaluations, so that an example takes the same points in any company.
public protocol PathRefinement: Sendable, Hashable {
  /// α of the first round; 0 is one of them, for it gives F(x').
  var firstPoints: [Double] { get }

  /// What to do after a round.
  ///
  /// - Parameter evaluations: all so far, in the order in which they were asked for.
  func decision(after evaluations: [PathEvaluation]) -> PathDecision

  /// The same for outputs computed in another precision.
  func adapted(to precision: Precision) -> Self
}

extension PathRefinement {
  public func adapted(to precision: Precision) -> Self { self }
}

/// What becomes of a path after a round of evaluations.
public enum PathDecision: Sendable, Equatable {
  /// One or more further points (α).
  case evaluate([Double])
  /// The integral is the evaluations' sum with these weights, one each, in their order.
  case finish(weights: [Double], converged: Bool)
}
