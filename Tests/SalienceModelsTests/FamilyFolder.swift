import Foundation
import SalienceAttribution
import SalienceCheckpoints
import SalienceJSON
import SalienceTensors
import SalienceTestSupport
import Testing

/// A checkpoint of Tests/Fixtures/families with its reference values.
struct FamilyFolder: Sendable {
  let name: String
  let checkpoint: Checkpoint
  let head: String
  let task: TaskSettings
  let inputs: [FamilyInput]
  let cases: [FamilyCase]

  private static let fixtures = Repository.fixtures.appending(path: "families")

  /// Families whose checkpoints wait for their file in SalienceModels.
  static let waiting: [String] = []

  /// Every folder that the disk holds but those of `waiting`; `FamilyCaseTests` asks that no family or head is missing.
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: fixtures.path)) ?? [])
    .filter { name in !name.contains(".") && !waiting.contains(where: name.hasPrefix) }.sorted()

  init(_ name: String) throws {
    self.name = name
    let folder = Self.fixtures.appendingPathComponent(name)
    checkpoint = try Checkpoint(directory: folder.path)
    let json = try JSONValue(parsing: [UInt8](Data(contentsOf: folder.appendingPathComponent("cases.json"))))
    head = try #require(json["head"]?.stringValue)
    inputs = try #require(json["inputs"]?.arrayValue).map(FamilyInput.init)
    cases = try #require(json["cases"]?.arrayValue).map(FamilyCase.init)
    var task = TaskSettings()
    if let stride = json["stride"]?.intValue { task.stride = stride }
    if let longest = json["maximum_answer_length"]?.intValue { task.maximumAnswerLength = longest }
    if json["mean_pooling"]?.boolValue == true {
      task.pooling = .mean
      task.tensorPrefix = "encoder."
    }
    if let most = json["maximum_new_tokens"]?.intValue { task.generation.maximumNewTokens = most }
    self.task = task
  }

  func input(_ name: String) throws -> FamilyInput { try #require(inputs.first { $0.name == name }) }

  /// Scores the cases, each method on its own texts alone, and all texts without a method.
  func check(
    _ cases: [FamilyCase], _ inputs: [FamilyInput], on backend: any Backend, _ comparison: inout FamilyComparison
  ) async throws {
    let model = try await AttributionModel(checkpoint: checkpoint, task: task, methods: [], on: backend)
    for (input, scored) in zip(inputs, try await score(inputs, with: model)) {
      comparison.check(scored.decision, input, self)
    }
    for (method, own) in Dictionary(grouping: cases, by: \.methodID) {
      let model = try await AttributionModel(
        checkpoint: checkpoint, task: task, methods: [try #require(own.first).method()], on: backend)
      let scored = try await score(own.map { try input($0.input) }, with: model)
      for (reference, answer) in zip(own, scored) {
        let id = "\(name): \(reference.id)"
        #expect(answer.explanations.count == reference.explanations.count, "\(id)")
        for (explanation, expected) in zip(answer.explanations, reference.explanations) {
          #expect(explanation.method == method, "\(id)")
          comparison.check(explanation, expected, steps: reference.steps, id: id)
        }
      }
    }
  }

  private func score(_ inputs: [FamilyInput], with model: AttributionModel) async throws -> [ScoredInput] {
    let own = try inputs.map { try model.input($0.text, pair: $0.pair) }
    let results = try await model.score(own).map { try $0.get() }
    try #require(results.count == inputs.count)
    return results
  }
}
