import SalienceAttribution
import SalienceJSON
import SaliencePipeline
import Testing

/// The key `faithfulness`.
@Suite struct PipelineFaithfulnessTests {
  private func pipeline(_ key: String, columns: String = "text: text") throws -> Pipeline {
    try PipelineFile.parse(
      """
      models: [m]
      dataset: {path: data.csv, columns: {\(columns)}}
      methods: [{name: random}]
      output: {directory: out}
      \(key)
      """, path: "p.yaml")
  }

  @Test func readsNamesAndSettings() throws {
    let marked = "text: text, rationale: marks"
    #expect(try pipeline("faithfulness: all", columns: marked).faithfulness == Faithfulness())
    #expect(try pipeline("faithfulness: auprc", columns: marked).faithfulness?.metrics == [.auprc])
    // What compares with people needs a column of what they marked.
    let others = FaithfulnessMetric.usual.filter { !$0.isOfPeople }
    #expect(try pipeline("faithfulness: all").faithfulness == Faithfulness(others) && others.count == 9)
    #expect(try pipeline("faithfulness: sufficiency").faithfulness?.metrics == [.sufficiency])
    let own = try pipeline("faithfulness: {metrics: [infidelity, comprehensiveness], samples: 3, top: 2, seed: 7}")
    #expect(own.faithfulness == Faithfulness([.comprehensiveness, .infidelity], samples: 3, top: 2, seed: 7))
    let expected: JSONValue = ["metrics": ["comprehensiveness", "infidelity"], "samples": 3, "top": 2, "seed": 7]
    #expect(own.resolved["faithfulness"] == expected)
  }

  @Test func isPartOfWhatNumbersDependOn() throws {
    func digest(_ key: String) throws -> String {
      RunFingerprint(
        pipeline: try pipeline(key), unitRows: 4, limit: nil, models: [RunFingerprint.Model(name: "m", files: [])],
        dataset: []
      ).digest(of: "m")
    }
    #expect(try pipeline("faithfulness: none").resolved["faithfulness"] == nil)
    #expect(try digest("faithfulness: none") == digest(""))
    #expect(try digest("faithfulness: all") != digest(""))
    let columns = try pipeline("", columns: "text: text, rationale: marks").resolved["dataset"]?["columns"]
    #expect(columns?["rationale"] == "marks" && columns?["label"] == .null)
    #expect(try pipeline("").resolved["dataset"]?["columns"]?["rationale"] == nil)
    #expect(try digest("faithfulness: {metrics: all, seed: 1}") != digest("faithfulness: all"))
  }

  @Test(arguments: [
    ("faithfulness: faithful", "p.yaml:5: 'faithfulness' must be one of comprehensiveness, sufficiency"),
    ("faithfulness: [sufficient]", "p.yaml:5: 'faithfulness' must be one of"),
    ("faithfulness: [auprc]", "p.yaml:5: 'faithfulness' names auprc, for which 'dataset.columns.rationale' must"),
    ("faithfulness: []", "p.yaml:5: 'faithfulness' must name at least one metric, or all or none"),
    ("faithfulness: {samples: 3}", "p.yaml:5: the key 'faithfulness.metrics' is required"),
    ("faithfulness: {metrics: all, samples: 0}", "p.yaml:5: 'faithfulness.samples' must be a whole number from 1"),
    ("faithfulness: {metrics: all, sample: 3}", "p.yaml:5: unknown key 'sample' in 'faithfulness'; the nearest is"),
    ("metrics: all", "p.yaml:5: unknown key 'metrics'; its place is faithfulness.metrics"),
    ("faithfullness: all", "p.yaml:5: unknown key 'faithfullness'; the nearest is 'faithfulness'"),
  ])
  func namesFileLineAndKey(_ key: String, _ message: String) throws {
    let error = try #require(throws: PipelineError.self) { try pipeline(key) }
    #expect(error.kind == .usage && error.description.hasPrefix(message), "\(error)")
  }
}
