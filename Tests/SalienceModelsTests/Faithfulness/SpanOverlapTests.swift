import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceJSON
import SalienceTestSupport
import Testing

/// F1 of overlapping spans is ERASER's: Scripts/fixtures/make_eraser_fixtures.py.
@Suite struct SpanOverlapTests {
  @Test func referencesAreERASERs() async throws {
    let data = try Data(contentsOf: Repository.fixtures.appending(path: "faithfulness/spans.json"))
    let cases = try #require(try JSONValue(parsing: [UInt8](data)).arrayValue)
    let folder = try FamilyFolder("electra-sequence-classification")
    var scores: [[Int32]: [Float]] = [:]
    for json in cases {
      scores[try numbers(json["ids"]).map { Int32($0) }] = try numbers(json["scores"]).map(Float.init)
    }
    #expect(cases.count == 24 && scores.count == cases.count)
    let method = GivenScores(id: "own") { [scores] in scores[$0.encoding.ids] ?? [] }
    var kinds = Set<Double>()
    for (place, top) in [3, 5, 8].enumerated() {
      let model = try await AttributionModel(
        checkpoint: folder.checkpoint, task: folder.task, methods: [method],
        faithfulness: Faithfulness([.iouF1], top: top), on: CPUBackend(threads: 1))
      let inputs = try cases.map { json in
        let spans = try #require(json["spans"]?.arrayValue).map { try numbers($0) }
        return try model.input(
          try #require(json["text"]?.stringValue), rationale: TextSpans(spans.map { Int($0[0])..<Int($0[1]) }))
      }
      for (json, scored) in zip(cases, try await model.score(inputs)) {
        #expect(try numbers(json["tops"])[place] == Double(top))
        let metrics = try #require(try scored.get().explanations.first).metrics
        #expect(metrics.map(\.metric) == [.iouF1])
        let (value, expected) = (try #require(metrics.first?.value), try numbers(json["f1"])[place])
        #expect(abs(value - expected) < 1e-8, "\(json["text"] ?? nil), \(top): \(value) for \(expected)")
        kinds.insert(value)
      }
    }
    #expect(kinds.count > 3)
  }
}
