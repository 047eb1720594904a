/// What is otherwise on one of several paths of a request, over which a statistic is taken.
public struct PathSample: Sendable, Hashable {
  /// Added to the input alone.
  public let noise: GaussianNoise?
  /// Where the path begins, with as many tokens as the request's own baseline; nil for that.
  public let baseline: PathEnd?
  /// In ascending order of α; nil for the request's own points.
  public let points: [PathPoint]?

  public init(noise: GaussianNoise? = nil, baseline: PathEnd? = nil, points: [PathPoint]? = nil) {
    self.noise = noise
    self.baseline = baseline
    self.points = points
  }
}
