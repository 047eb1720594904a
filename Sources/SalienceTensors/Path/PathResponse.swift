/// The answer to a `PathRequest`.
public struct PathResponse: Sendable {
  /// F(x') [C]; empty where nobody asked for it.
  public let baselineOutputs: [Float]
  /// F at each noisy input [C], one per sample of the request; none where no sample has noise.
  public let sampleOutputs: [[Float]]
  /// Token scores, summed over the hidden dimension: one array per target.
  public let scores: [[Double]]
  /// Squares of the attribution, summed over the hidden dimension too: one array per target.
  public let squares: [[Double]]
  /// Points evaluated, of one path.
  public let pointCount: Int
  /// The points that a refinement chose, with their weights, in ascending order of α; empty of a request that had points.
  public let points: [PathPoint]
  /// false where a refinement ended before it was content.
  public let converged: Bool

  public init(
    baselineOutputs: [Float], sampleOutputs: [[Float]] = [], scores: [[Double]], squares: [[Double]],
    pointCount: Int, points: [PathPoint] = [], converged: Bool = true
  ) {
    self.points = points
    self.baselineOutputs = baselineOutputs
    self.sampleOutputs = sampleOutputs
    self.scores = scores
    self.squares = squares
    self.pointCount = pointCount
    self.converged = converged
  }
}
