import Foundation
import SalienceTensors

/// A rule for the integral over α in 0...1, by the names of Captum where it has the rule.
public enum Quadrature: String, Sendable, CaseIterable {
  case gaussLegendre = "gauss-legendre"
  case riemannLeft = "riemann-left"
  case riemannRight = "riemann-right"
  case riemannMiddle = "riemann-middle"
  /// Captum's: its weights sum to (n - 1) / n.
  case riemannTrapezoid = "riemann-trapezoid"
  /// The composite trapezoid rule proper.
  case trapezoid
  case clenshawCurtis = "clenshaw-curtis"

  /// Fewest points that the rule is defined for.
  public var minimumSteps: Int {
    switch self {
    case .trapezoid, .clenshawCurtis, .riemannTrapezoid: 2
    default: 1
    }
  }

  /// The rule's points in ascending order, computed in float64.
  ///
  /// - Parameter steps: n points; at least `minimumSteps`.
  /// - Throws: `AttributionError` with code `usage` for too few.
  public func points(steps n: Int) throws -> [PathPoint] {
    guard n >= minimumSteps else {
      throw AttributionError(
        .usage, "\(rawValue) needs at least \(minimumSteps) steps, not \(n)", setting: .steps)
    }
    let count = Double(n)
    switch self {
    case .gaussLegendre: return Self.gaussLegendre(n)
    case .riemannLeft: return (0..<n).map { PathPoint(alpha: Double($0) / count, weight: 1 / count) }
    case .riemannRight: return (1...n).map { PathPoint(alpha: Double($0) / count, weight: 1 / count) }
    case .riemannMiddle: return (0..<n).map { PathPoint(alpha: (Double($0) + 0.5) / count, weight: 1 / count) }
    case .riemannTrapezoid: return Self.trapezoid(n, interval: 1 / count)
    case .trapezoid: return Self.trapezoid(n, interval: 1 / (count - 1))
    case .clenshawCurtis: return Self.clenshawCurtis(n)
    }
  }

  private static func trapezoid(_ n: Int, interval: Double) -> [PathPoint] {
    (0..<n).map {
      PathPoint(alpha: Double($0) / Double(n - 1), weight: $0 == 0 || $0 == n - 1 ? interval / 2 : interval)
    }
  }

  /// Roots of the Legendre polynomial by Newton's method from Tricomi's estimate; weights 2 / ((1 - x²) P'(x)²).
  static func gaussLegendre(_ n: Int) -> [PathPoint] {
    (1...n).map { index in
      var x = -cos(Double.pi * (Double(index) - 0.25) / (Double(n) + 0.5))
      var derivative = 1.0
      for _ in 0..<100 {
        let (value, slope) = legendre(n, x)
        derivative = slope
        let step = value / slope
        x -= step
        if abs(step) <= 1e-16 { break }
      }
      derivative = legendre(n, x).derivative
      return PathPoint(alpha: (1 + x) / 2, weight: 1 / ((1 - x * x) * derivative * derivative))
    }
  }

  /// P_n(x) and its derivative by Bonnet's recursion.
  private static func legendre(_ n: Int, _ x: Double) -> (value: Double, derivative: Double) {
    var (previous, current) = (1.0, x)
    for k in 1..<max(1, n) {
      (previous, current) = (current, (Double(2 * k + 1) * x * current - Double(k) * previous) / Double(k + 1))
    }
    return (current, Double(n) * (x * current - previous) / (x * x - 1))
  }

  /// Weights from the integrals of the Chebyshev cosine series (Trefethen, Is Gauss quadrature better than
  /// Clenshaw-Curtis?, SIAM Review 50, 2008), halved for 0...1.
  private static func clenshawCurtis(_ n: Int) -> [PathPoint] {
    let last = n - 1
    return (0..<n).map { index in
      let angle = Double.pi * Double(index) / Double(last)
      var sum = 1.0
      for j in stride(from: 1, through: last / 2, by: 1) {
        let edge = 2 * j == last ? 1.0 : 2.0
        sum -= edge * cos(2 * Double(j) * angle) / Double(4 * j * j - 1)
      }
      let scale = index == 0 || index == last ? 1.0 : 2.0
      return PathPoint(alpha: (1 - cos(angle)) / 2, weight: scale * sum / Double(last) / 2)
    }
  }
}
