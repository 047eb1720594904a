extension Explanation {
  /// |convergence delta| as a share of what the attributions should sum to; nil where there is no delta.
  ///
  /// That sum is F(x) - F(x'), under noise the mean over the samples of F(x_s) - F(x'). Where it is smaller than
  /// `AdaptiveQuadrature.outputFloor`, it is a share of the floor, as for a tolerance.
  public var relativeDelta: Double? {
    guard let delta = convergenceDelta else { return nil }
    return abs(delta) / max(abs(attributionSum - delta), AdaptiveQuadrature.outputFloor)
  }

  /// Whether the delta is to F(x) alone: what a relevance method leaves with the model's biases, and no sign of too few
  /// steps.
  public var deltaIsBiases: Bool { convergenceDelta != nil && baselineOutput == nil }

  /// The relative delta above which scores do not explain what they should.
  public static let relativeDeltaLimit = 0.05
}
