import SalienceAttribution
import Testing

/// Which texts are drawn depends on what they are, and on nothing else.
@Suite struct TextSampleTests {
  private let texts = (0..<200).map { "text \($0)" }

  private func draw(_ texts: [String], count: Int = 8, seed: UInt64 = 0) -> [String] {
    var draw = TextSample.Draw(TextSample(count: count, seed: seed))
    for text in texts { draw.add(text) }
    return draw.texts
  }

  @Test func orderAndRepetitionChangeNothing() {
    let drawn = draw(texts)
    #expect(drawn.count == 8 && Set(drawn).isSubset(of: texts))
    #expect(draw(texts.reversed()) == drawn)
    #expect(draw(texts + texts) == drawn)
    #expect(draw(drawn) == drawn)
  }

  @Test func anotherSeedDrawsOthers() { #expect(Set(draw(texts, seed: 1)) != Set(draw(texts))) }

  @Test func emptyTextsAndFewTexts() {
    #expect(draw(["", "  ", "\n"]) == [])
    #expect(Set(draw(["a", "", "b", "a"])) == ["a", "b"])
  }

  /// Of many draws each text has its share: 8 of 200 under 500 seeds, 20 times on average.
  @Test func everyTextHasItsShare() {
    var counts: [String: Int] = [:]
    for seed in 0..<500 { for text in draw(texts, seed: UInt64(seed)) { counts[text, default: 0] += 1 } }
    #expect(counts.values.reduce(0, +) == 4000)
    #expect(texts.allSatisfy { (4...45).contains(counts[$0] ?? 0) })
  }
}
