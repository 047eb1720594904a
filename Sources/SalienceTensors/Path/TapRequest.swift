/// A question to a program with taps: one point, and the outputs whose gradients are wanted.
public struct TapRequest: Sendable, Hashable {
  public let end: PathEnd
  /// Where the point lies on a path that ends there; nil for the end itself.
  public let place: Place?
  /// One row of C coefficients per gradient; none for the values alone.
  public let cotangents: [[Float]]

  /// A point inside a path, for programs that give gradients of values.
  public struct Place: Sendable, Hashable {
    /// Where the path begins.
    public let baseline: PathEnd
    /// 0 at the baseline, 1 at the end.
    public let alpha: Double

    public init(from baseline: PathEnd, alpha: Double) {
      self.baseline = baseline
      self.alpha = alpha
    }
  }

  public init(_ end: PathEnd, at place: Place? = nil, cotangents: [[Float]] = []) {
    self.end = end
    self.place = place
    self.cotangents = cotangents
  }
}

extension PreparedModel {
  /// Outputs and the values of a program's taps at each end point, without gradients.
  public func tapped(program: Int, at points: [PathEnd]) async throws -> [TappedOutputs] {
    try await tapped(program: program, points.map { TapRequest($0) })
  }
}
