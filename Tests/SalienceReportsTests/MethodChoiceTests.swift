import SalienceAttribution
import SalienceJSON
import SalienceReports
import Testing

/// What `methods: auto` takes, given what methods cost.
@Suite struct MethodChoiceTests {
  /// Ranked in this order, on 10 examples.
  private func choice(
    _ seconds: KeyValuePairs<String, Double?>, workers: Int = 1, rows: Int = 1000, budget: Double
  ) -> MethodChoice {
    let methods = seconds.enumerated().map { place, entry in
      Ranking.Method(
        id: entry.key, isRandom: entry.key == "random", meanRank: Ranking.Estimate(value: Double(place + 1)),
        seconds: entry.value)
    }
    let ranking = Ranking(model: "m", examples: 10, metrics: [.comprehensiveness], methods: methods)
    return MethodChoice(ranking, workers: workers, rows: rows, budget: budget)
  }

  @Test func takesTheBestThatFits() {
    let costs: KeyValuePairs = ["slow": 40.0 as Double?, "middle": 5, "quick": 0.1, "random": 0.01]
    let all = choice(costs, budget: 4000)
    #expect(all.method == "slow" && all.costs.map(\.seconds) == [4000, 500, 10])
    let less = choice(costs, budget: 3999)
    #expect(less.method == "middle" && less.costs.map(\.fits) == [false, true, true])
    #expect(
      less.summary
        == "methods: auto takes middle, the most faithful method within the budget: about 8 min of 67 min for 1000 rows;"
        + " more faithful but too slow: slow")
    #expect(choice(costs, budget: 10).method == "quick")
    #expect(less.json["method"] == "middle" && less.json["costs"]?.arrayValue?.count == 3)
  }

  @Test func workersShareTheWork() {
    #expect(choice(["slow": 40, "quick": 1], workers: 8, budget: 500).method == "slow")
    #expect(choice(["slow": 40, "quick": 1], workers: 4, budget: 500).method == "quick")
  }

  @Test func nothingIsTakenThatIsTooSlowUnknownOrRandom() {
    let none = choice(["random": 0.001, "slow": 40, "unknown": nil], budget: 100)
    #expect(none.method == nil)
    #expect(none.summary == "no method explains 1000 rows within 100 s: the cheapest, slow, takes about 67 min")
  }
}
