import SalienceAttribution
import SalienceJSON
import SaliencePipeline
import Testing

/// The keys of `methods: auto`.
@Suite struct PipelineAutoTests {
  private func pipeline(_ keys: String) throws -> Pipeline {
    try PipelineFile.parse(
      """
      models: [m]
      dataset: {path: data.csv, columns: {text: text}}
      output: {directory: out}
      \(keys)
      """, path: "p.yaml")
  }

  @Test(arguments: [("2h", 7200.0), ("90s", 90), ("20m", 1200), ("1h30m", 5400), ("1d", 86400), ("0.5h", 1800)])
  func readsTimes(_ text: String, _ seconds: Double) throws {
    #expect(try pipeline("methods: auto\nbudget: \(text)").auto?.budget == seconds)
    #expect(try pipeline("methods: {name: auto, budget: \(text)}").auto?.budget == seconds)
  }

  @Test func readsSettings() throws {
    #expect(try pipeline("methods: [{name: random}]").auto == nil)
    #expect(try pipeline("methods: [{name: random}]").resolved["auto"] == nil)
    let plain = try #require(try pipeline("methods: auto\nbudget: 2h").auto)
    #expect(plain.sample == 32 && plain.seed == 0 && plain.choice == nil)
    #expect(plain.candidates.map(\.name).last == "random" && plain.candidates.count == 9)
    let own = try pipeline(
      "budget: 1h\nmethods: {name: auto, sample: 8, seed: 3, candidates: [attnlrp, {name: lime, id: l, samples: 20}]}")
    let auto = try #require(own.auto)
    #expect(auto.sample == 8 && auto.seed == 3 && auto.candidates.map(\.id) == ["attnlrp", "l", "random"])
    #expect(own.resolved["auto"]?["budget_seconds"] == .double(3600) && own.resolved["auto"]?["choice"] == .null)
  }

  @Test(arguments: [
    ("methods: auto", "'methods' is auto, for which 'budget' must say"),
    ("methods: auto\nbudget: 2", "'budget' must be a time such as"),
    ("methods: auto\nbudget: 0s", "'budget' must be a time such as"),
    ("methods: {name: auto, budget: fast}", "'methods.budget' must be a time such as"),
    ("methods: [{name: random}]\nbudget: 2h", "'budget' is for 'methods: auto'"),
    ("methods: [auto, {name: random}]\nbudget: 2h", "'methods' has 'auto' in a list"),
    ("methods: [{name: auto}]\nbudget: 2h", "'methods' has 'auto' in a list"),
    ("methods: {name: auto, budget: 2h, steps: 3}", "unknown key 'steps' in 'methods'"),
    ("methods: {name: auto, budget: 2h, candidates: [nosuch]}", "'methods.candidates.0.name' must be one of"),
    ("methods: {name: auto, budget: 2h, candidates: [lime, lime]}", "two candidates have the id 'lime'"),
    ("methods: {name: auto, budget: 2h, candidates: [random]}", "at least one method besides random"),
    ("methods: {name: auto, budget: 2h, sample: 1}", "'methods.sample' must be a whole number from 2"),
  ])
  func refuses(_ keys: String, _ message: String) throws {
    let error = try #require(throws: PipelineError.self) { try pipeline(keys) }
    #expect(error.kind == .usage && error.message.contains(message), "\(error)")
  }
}
