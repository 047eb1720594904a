import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceCheckpoints
import SalienceJSON
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// Influence of training rows against Captum's `TracInCPFast`, `TracInCP` and `SimilarityInfluence`:
/// Scripts/fixtures/make_influence_fixtures.py.
@Suite struct InfluenceReferenceTests {
  /// One model's scores: rows of scored texts, columns of training texts.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let folders: [String]
    let rates: [Double]
    let trainingLabels, scoredLabels: [RowLabel?]
    let scores: [(influence: Influence, expected: [[Double]])]

    var testDescription: String { name }

    init(_ name: String, _ json: JSONValue) throws {
      self.name = name
      folders = try #require(json["models"]?.arrayValue).map { try #require($0.stringValue) }
      let rates = try Self.numbers(json["learning_rates"])
      self.rates = rates
      trainingLabels = try #require(json["training_labels"]?.arrayValue).map(Self.label)
      scoredLabels = try #require(json["scored_labels"]?.arrayValue).map(Self.label)
      let kinds = [
        ("tracin_cp", Influence(top: 8, learningRates: rates)),
        ("tracin_cp_bias", Influence(top: 8, learningRates: rates, includesBias: true)),
        ("similarity", Influence(kind: .similarity, top: 8)),
      ]
      scores = try kinds.compactMap { key, influence in
        guard let rows = json[key]?.arrayValue else { return nil }
        return (influence, try rows.map(Self.numbers))
      }
    }

    private static func label(_ json: JSONValue) throws -> RowLabel? {
      if let elements = json.arrayValue {
        return RowLabel(json.text(), elements: elements.compactMap(\.stringValue))
      }
      return RowLabel(json.stringValue ?? json.text())
    }

    private static func numbers(_ json: JSONValue?) throws -> [Double] {
      try #require(json?.arrayValue).map { try #require($0.doubleValue) }
    }
  }

  private static let references = Result {
    let data = try Data(contentsOf: Repository.fixtures.appending(path: "influence/references.json"))
    return try JSONValue(parsing: [UInt8](data))
  }
  static let cases: [Case] =
    (try? references.get()["models"]?.objectValue?.map { try Case($0.name, $0.value) }) ?? []

  private struct Unread: Error {}

  /// Of the scores' norm.
  private static let tolerance = 1e-4

  private func check(_ own: Case, on backend: any Backend) async throws {
    let references = try Self.references.get()
    func texts(_ key: String) throws -> [String] {
      try #require(references[key]?.arrayValue).map { try #require($0.stringValue) }
    }
    let (training, scored) = (try texts("training"), try texts("scored"))
    for (influence, expected) in own.scores {
      var blocks: (training: [ReadingBlock], scored: [ReadingBlock]) = ([], [])
      for folder in own.folders {
        let place = folder.hasPrefix("models/") ? Repository.root : Repository.fixtures
        let checkpoint = try Checkpoint(directory: place.appending(path: folder).path)
        let model = try await AttributionModel(
          checkpoint: checkpoint, methods: [], taps: [.classifierInput], on: backend)
        let loss = influence.kind == .similarity ? nil : try ClassifierLoss(of: checkpoint.config, task: TaskSettings())
        func block(_ texts: [String], _ labels: [RowLabel?]) async throws -> ReadingBlock {
          let inputs = try zip(texts, labels).map { try model.input($0, label: $1) }
          let readings = try await model.readings(of: inputs, loss: loss, labels: .label)
          let found = try readings.map { text -> (state: ReadingBlock.State, reading: ClassifierReading?) in
            guard case .reading(let reading) = text else { throw Unread() }
            return (.read, reading)
          }
          return ReadingBlock(first: 0, found)
        }
        blocks.training.append(try await block(training, own.trainingLabels))
        blocks.scored.append(try await block(scored, own.scoredLabels))
      }
      var scores = InfluenceScores(influence, scored: blocks.scored)
      await scores.add(blocks.training)
      try #require(scores.results.count == expected.count)
      var found: [Float] = []
      for (list, row) in zip(scores.results, expected) {
        let byRow = list.highest.sorted { $0.row < $1.row }
        #expect(byRow.map(\.row) == row.indices.map { Int64($0) })
        #expect(list.lowest == list.highest.sorted { ($0.score, $0.row) < ($1.score, $1.row) })
        found += byRow.map { Float($0.score) }
      }
      let error = normalisedError(found, expected.flatMap { $0 }.map { Float($0) }).squareRoot()
      #expect(error < Self.tolerance, "\(own.name), \(influence.kind), bias \(influence.includesBias): \(error)")
    }
  }

  @Test(arguments: cases) func processor(_ own: Case) async throws { try await check(own, on: CPUBackend(threads: 2)) }

  @Test func everyFamilyHasReferences() { #expect(Self.cases.count == 15) }

  @Test(.disabled(if: VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all)
  func device(_ device: VulkanTestDevice) async throws {
    let backend = try device.backend()
    for own in Self.cases where ["bert", "gpt2", "modernbert-mean"].contains(own.name) {
      try await check(own, on: backend)
    }
  }
}
