import SalienceAttribution
import SalienceJSON
import SaliencePipeline
import Testing

/// The key `influence`.
@Suite struct PipelineInfluenceTests {
  private func pipeline(_ key: String, columns: String = "text: text, label: label") throws -> Pipeline {
    try PipelineFile.parse(
      """
      models: [m, n]
      dataset: {path: data.csv, columns: {\(columns)}, max_length: 64}
      methods: [{name: random}]
      output: {directory: out}
      \(key)
      """, path: "p.yaml")
  }

  private static let training = "training: {path: train.csv, columns: {text: t, label: l}}"

  @Test func readsSettings() throws {
    #expect(try pipeline("").influence == nil && pipeline("").resolved["influence"] == nil)
    let plain = try #require(try pipeline("influence: {\(Self.training)}").influence)
    #expect(plain.settings == Influence() && plain.training.paths == ["train.csv"] && plain.training.maxLength == 64)
    let own = try pipeline(
      "influence: {\(Self.training), top: 2, learning_rates: [0.1, 0.2], bias: true, target: predicted}")
    #expect(
      own.influence?.settings
        == Influence(top: 2, learningRates: [0.1, 0.2], includesBias: true, labels: .predicted))
    #expect(own.resolved["influence"]?["training"]?["columns"]?["text"] == "t")
    let shared = try pipeline("influence: {\(Self.training), learning_rates: 3}")
    #expect(shared.influence?.settings.learningRates == [3, 3])
    let similar = try pipeline(
      "influence: {kind: similarity, training: {path: a.csv, columns: {text: t}}}", columns: "text: text")
    #expect(similar.influence?.settings.kind == .similarity)
  }

  @Test(arguments: [
    ("{top: 3}", "the key 'influence.training' is required"),
    ("{training: {path: '-', format: csv, columns: {text: t, label: l}}}", "'influence.training' cannot be standard"),
    ("{training: {path: a.csv, columns: {text: t}}}", "'influence.training' needs 'columns.label'"),
    ("{training: {path: a.csv, columns: {text: t, label: l, keep: [x]}}}", "unknown key 'keep' in 'influence.training"),
    ("{T, top: 0}", "'influence.top' must be a whole number from 1 to 1000"),
    ("{T, kind: tracin}", "'influence.kind' must be one of tracin-cp, similarity"),
    ("{T, learning_rates: [1, 2, 3]}", "'influence.learning_rates' has 3 numbers for 2 models"),
    ("{T, learning_rates: [1, -2]}", "'influence.learning_rates' must be numbers above 0, not '-2'"),
    ("{T, kind: similarity, bias: true}", "'influence.bias' is no setting of a similarity"),
    ("{T, topk: 3}", "unknown key 'topk' in 'influence'"),
  ])
  func refuses(_ key: String, _ message: String) throws {
    let text = "influence: " + key.replacing("T,", with: "\(Self.training),")
    let error = try #require(throws: PipelineError.self) { try pipeline(text) }
    #expect(error.kind == .usage && error.place?.hasPrefix("p.yaml:") == true)
    #expect(error.message.contains(message), "\(error)")
  }

  @Test func lossNeedsALabel() throws {
    let error = try #require(throws: PipelineError.self) {
      try pipeline("influence: {\(Self.training)}", columns: "text: text")
    }
    #expect(error.message.contains("'influence.target' is the row's label unless given"), "\(error)")
    let predicted = try pipeline("influence: {\(Self.training), target: predicted}", columns: "text: text")
    #expect(predicted.influence?.settings.labels == .predicted)
  }

  @Test func trainingFilesAreNamedByWhatTheyHold() throws {
    func fingerprint(_ path: String) throws -> RunFingerprint {
      RunFingerprint(
        pipeline: try pipeline("influence: {training: {path: \(path), columns: {text: t, label: l}}}"), unitRows: 4,
        limit: nil, models: [], dataset: [])
    }
    #expect(try fingerprint("a/train.csv") == fingerprint("b/train.csv"))
  }
}
