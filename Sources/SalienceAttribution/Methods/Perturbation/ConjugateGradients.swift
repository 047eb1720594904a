/// The method of conjugate gradients (Hestenes and Stiefel, 1952) in float64.
enum ConjugateGradients {
  /// A residual's share of the first, squared, below which the answer stands.
  private static let settled = 1e-28

  /// x with A x = b, for A symmetric and without negative eigenvalues, and b in its range: of several, the shortest.
  ///
  /// - Parameter product: A times a vector.
  static func solve(_ b: [Double], _ product: ([Double]) -> [Double]) -> [Double] {
    var x = [Double](repeating: 0, count: b.count)
    var residual = b
    var direction = b
    let first = dot(b, b)
    var squared = first
    // Rounding makes a few more steps than there are unknowns worth while.
    for _ in 0..<3 * b.count where squared > settled * first {
      let image = product(direction)
      let curvature = dot(direction, image)
      guard curvature > 0 else { break }
      let step = squared / curvature
      for i in x.indices {
        x[i] += step * direction[i]
        residual[i] -= step * image[i]
      }
      let next = dot(residual, residual)
      for i in x.indices { direction[i] = residual[i] + next / squared * direction[i] }
      squared = next
    }
    return x
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
