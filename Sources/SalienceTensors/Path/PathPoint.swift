/// A point on the straight path from baseline (α = 0) to input (α = 1) and its quadrature weight.
public struct PathPoint: Sendable, Hashable {
  public let alpha: Double
  public let weight: Double

  public init(alpha: Double, weight: Double) {
    self.alpha = alpha
    self.weight = weight
  }
}
