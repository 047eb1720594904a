/// Σ_k weight_k ∂(cotangent · F)/∂x at the points, times (input - baseline) or as it is, for one example and several
/// targets.
public struct PathRequest: Sendable {
  public let input: PathEnd
  /// As many tokens as `input`.
  public let baseline: PathEnd
  /// In ascending order of α; empty where `refinement` chooses them.
  public let points: [PathPoint]
  /// One row of C coefficients per target: a unit vector for a class, +1 and -1 for a contrast.
  public let cotangents: [[Float]]
  /// One path per sample; empty for the plain path.
  public let samples: [PathSample]
  /// What is made of the samples' attributions.
  public let statistic: SampleStatistic
  /// Chooses the points of the plain path instead; noise samples cannot stand beside it.
  public let refinement: (any PathRefinement)?
  /// Whether F(x') is asked for.
  public let readsBaselineOutputs: Bool
  /// What a token's score is the sum of; a refinement asks for products.
  public let reduction: TokenReduction
  /// Explanations that the answer serves; equal requests are equal whoever asks.
  public var askers = 1

  public init(
    input: PathEnd, baseline: PathEnd, points: [PathPoint], cotangents: [[Float]], samples: [PathSample] = [],
    statistic: SampleStatistic = .mean, readsBaselineOutputs: Bool = true, reduction: TokenReduction = .product
  ) {
    refinement = nil
    self.reduction = reduction
    self.readsBaselineOutputs = readsBaselineOutputs
    self.input = input
    self.baseline = baseline
    self.points = points
    self.cotangents = cotangents
    self.samples = samples
    self.statistic = statistic
  }

  public init(input: PathEnd, baseline: PathEnd, refinement: any PathRefinement, cotangents: [[Float]]) {
    self.input = input
    self.baseline = baseline
    self.refinement = refinement
    self.cotangents = cotangents
    points = []
    samples = []
    statistic = .mean
    readsBaselineOutputs = true
    reduction = .product
  }

  /// The same with noise on its input, a path per sample.
  ///
  /// - Parameter chosen: the points of every sample's path, where the request has none of its own.
  public func sampled(
    _ samples: [GaussianNoise], _ statistic: SampleStatistic, at chosen: [PathPoint] = []
  ) -> PathRequest {
    PathRequest(
      input: input, baseline: baseline, points: refinement == nil ? points : chosen, cotangents: cotangents,
      samples: samples.map { PathSample(noise: $0) }, statistic: statistic,
      readsBaselineOutputs: readsBaselineOutputs, reduction: reduction)
  }

  /// The same for outputs computed in another precision.
  public func adapted(to precision: Precision) -> PathRequest {
    guard let refinement else { return self }
    var adapted = PathRequest(
      input: input, baseline: baseline, refinement: refinement.adapted(to: precision), cotangents: cotangents)
    adapted.askers = askers
    return adapted
  }

  /// Σ_c coefficient_c F_c, of the coefficients that are not 0.
  package static func value(_ outputs: [Float], by coefficients: [Float]) -> Double {
    zip(coefficients, outputs).reduce(0) { $1.0 == 0 ? $0 : $0 + Double($1.0) * Double($1.1) }
  }

  /// Points that a batch evaluates at once: all that are given, or a refinement's first round.
  public var batchPointCount: Int { refinement?.firstPoints.count ?? points.count }

  /// Whether F is asked for at the samples' inputs: where all are the request's own, it is F(x).
  var readsSampleOutputs: Bool { samples.contains { $0.noise != nil } }

  /// The paths to evaluate: one per sample, or the plain one.
  var paths: [PathRequest] {
    if samples.isEmpty { return [self] }
    return samples.map {
      PathRequest(
        input: PathEnd(input.sequence, zeroed: input.zeroed, noise: $0.noise), baseline: $0.baseline ?? baseline,
        points: $0.points ?? points, cotangents: cotangents, readsBaselineOutputs: readsBaselineOutputs,
        reduction: reduction)
    }
  }
}

extension PathRequest: Hashable {
  /// Equal requests have equal answers.
  public static func == (a: PathRequest, b: PathRequest) -> Bool {
    a.input == b.input && a.baseline == b.baseline && a.points == b.points && a.cotangents == b.cotangents
      && a.samples == b.samples && a.statistic == b.statistic && a.readsBaselineOutputs == b.readsBaselineOutputs
      && a.reduction == b.reduction && a.refinement.map { erased($0) } == b.refinement.map { erased($0) }
  }

  private static func erased(_ refinement: some PathRefinement) -> AnyHashable { AnyHashable(refinement) }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(input)
    hasher.combine(baseline)
    hasher.combine(points)
    hasher.combine(samples)
    hasher.combine(reduction)
  }
}
