import SalienceAttribution
import Testing

/// The rules of integration against numpy and against polynomials whose integrals are known.
@Suite struct QuadratureTests {
  /// numpy.polynomial.legendre.leggauss(5), mapped from -1...1 to 0...1.
  @Test func gaussLegendreOfNumpy() throws {
    let alphas = [
      0.046910077030668004, 0.23076534494715845, 0.5, 0.7692346550528415, 0.953089922969332,
    ]
    let weights = [
      0.11846344252809454, 0.23931433524968324, 0.28444444444444444, 0.23931433524968324, 0.11846344252809454,
    ]
    let points = try Quadrature.gaussLegendre.points(steps: 5)
    for (index, point) in points.enumerated() {
      #expect(abs(point.alpha - alphas[index]) < 1e-15)
      #expect(abs(point.weight - weights[index]) < 1e-15)
    }
  }

  @Test(arguments: [1, 2, 3, 8, 50, 257]) func gaussLegendreIsExactToDegree2nMinus1(steps: Int) throws {
    let points = try Quadrature.gaussLegendre.points(steps: steps)
    for degree in 0...min(2 * steps - 1, 60) {
      #expect(abs(integral(points.map { ($0.alpha, $0.weight) }, degree) - 1 / Double(degree + 1)) < 1e-13)
    }
  }

  @Test(arguments: [2, 3, 8, 9, 33]) func clenshawCurtisIsExactToDegreeNMinus1(steps: Int) throws {
    let points = try Quadrature.clenshawCurtis.points(steps: steps)
    for degree in 0..<steps {
      #expect(abs(integral(points.map { ($0.alpha, $0.weight) }, degree) - 1 / Double(degree + 1)) < 1e-13)
    }
  }

  @Test(arguments: Quadrature.allCases) func weightsAndOrder(rule: Quadrature) throws {
    for steps in [rule.minimumSteps, 10, 50] {
      let points = try rule.points(steps: steps)
      #expect(points.count == steps)
      #expect(zip(points, points.dropFirst()).allSatisfy { $0.alpha < $1.alpha })
      #expect(points.allSatisfy { (0...1).contains($0.alpha) })
      let expected = rule == .riemannTrapezoid ? Double(steps - 1) / Double(steps) : 1
      #expect(abs(points.reduce(0) { $0 + $1.weight } - expected) < 1e-13)
    }
    #expect(throws: AttributionError.self) { try rule.points(steps: rule.minimumSteps - 1) }
  }

  private func integral(_ points: [(Double, Double)], _ degree: Int) -> Double {
    points.reduce(0) { sum, point in
      sum + point.1 * (0..<degree).reduce(1.0) { power, _ in power * point.0 }
    }
  }
}
