import SalienceAttribution
import Testing

@Suite struct NormalizationTests {
  private let scores = [3.0, -4.0, 0.0]

  @Test func rules() {
    #expect(Normalization.l2.apply(to: scores, fullNorm: 10) == [0.6, -0.8, 0])
    #expect(Normalization.l2Full.apply(to: scores, fullNorm: 10) == [0.3, -0.4, 0])
    #expect(Normalization.sum.apply(to: scores, fullNorm: 10) == [-3, 4, 0])
    #expect(Normalization.l1.apply(to: scores, fullNorm: 10) == [3.0 / 7, 4.0 / 7, 0])
    #expect(Normalization.none.apply(to: scores, fullNorm: 10) == scores)
  }

  @Test func nothingToDivideByGivesZeros() {
    for rule in Normalization.allCases { #expect(rule.apply(to: [0, 0], fullNorm: 0) == [0, 0]) }
    #expect(Normalization.sum.apply(to: [1, -1], fullNorm: 2) == [0, 0])
  }
}
