import SalienceAttribution
import Testing

/// The convergence delta as a share of what the attributions should sum to.
@Suite struct RelativeDeltaTests {
  private func explanation(sum: Double, delta: Double?) -> Explanation {
    Explanation(
      method: "ig", target: "positive", targetIndex: 1, output: 2, baselineOutput: 0.5, convergenceDelta: delta,
      steps: 50, attributions: [0.75], normalized: [1], attributionSum: sum, attributionNorm: 1)
  }

  /// F(x) - F(x') is the sum without the delta, 0.001 where it is smaller.
  @Test(arguments: [
    (2.0, 0.0, 0.0), (1.5, 0.5, 0.5), (0.5, -0.5, 0.5), (-1.5, -0.5, 0.5), (0.03, -0.97, 0.97),
    (-12_670.6, -12_670.0, 12_670 / 0.6),
    // Equal outputs: rounding is no miss, a real error is.
    (1e-6, 1e-6, 0.001), (0.0, 0.0, 0.0), (2e-4, 1e-4, 0.1), (1e-3, 1e-3, 1.0),
  ])
  func isAShareOfTheDifference(sum: Double, delta: Double, expected: Double) throws {
    let relative = try #require(explanation(sum: sum, delta: delta).relativeDelta)
    #expect(abs(relative - expected) <= 1e-9 * max(1, expected))
  }

  @Test func nothingWithoutADelta() {
    #expect(explanation(sum: 1, delta: nil).relativeDelta == nil)
    #expect(explanation(sum: 1, delta: 0.1).converged == nil, "nobody asked for a tolerance")
  }
}
