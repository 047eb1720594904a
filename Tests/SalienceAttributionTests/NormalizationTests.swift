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

@Suite struct TargetTests {
  private let names = OutputNames(["a", "b", "1"])

  @Test func resolves() throws {
    #expect(try Target.predicted.resolve(names, predicted: 1, label: nil).map(\.name) == ["b"])
    #expect(try Target.all.resolve(names, predicted: 1, label: nil).map(\.index) == [0, 1, 2])
    #expect(try Target.label.resolve(names, predicted: 1, label: "a").map(\.coefficients) == [[1, 0, 0]])
    let named = Target.class(.name("1"))
    #expect(try named.resolve(names, predicted: 0, label: nil).map(\.index) == [2], "names go before indices")
    let contrast = try Target.contrast(.name("b"), .index(0)).resolve(names, predicted: 0, label: nil)
    #expect(contrast.map(\.name) == ["b - a"])
    #expect(contrast.map(\.index) == [nil])
    #expect(contrast.map(\.coefficients) == [[-1, 1, 0]])
  }

  @Test func refusesUnknownClasses() {
    #expect(throws: AttributionError.self) { try Target.class(.name("c")).resolve(names, predicted: 0, label: nil) }
    #expect(throws: AttributionError.self) { try Target.class(.index(3)).resolve(names, predicted: 0, label: nil) }
    #expect(throws: AttributionError.self) { try Target.class(.index(-1)).resolve(names, predicted: 0, label: nil) }
    #expect(throws: AttributionError.self) {
      try Target.label.resolve(names, predicted: 0, label: nil)
    }
  }
}
