import Foundation
import SalienceAttribution
import SalienceJSON
import SalienceTensors
import SalienceTestSupport
import Testing

/// Metrics of given scores as ferret, Captum and SciPy compute them; Tests/Fixtures/faithfulness/README.md tells of them.
struct FaithfulnessReference: Sendable {
  let folder, input: String
  let position: Int?
  let scores, other: [Float]
  /// nil where a metric has no meaning.
  let metrics: [FaithfulnessMetric: Double?]
  /// The points of both curves.
  let curves: [FaithfulnessMetric: [Double?]]
  let rationale: TextSpans?

  static let file: JSONValue? = try? JSONValue(
    parsing: [UInt8](Data(contentsOf: Repository.fixtures.appending(path: "faithfulness/references.json"))))
  static let all = ((try? file?["references"]?.arrayValue?.map(Self.init)) ?? nil) ?? []
  static let folders = Set(all.map(\.folder)).sorted()

  private init(_ json: JSONValue) throws {
    folder = try #require(json["folder"]?.stringValue)
    input = try #require(json["input"]?.stringValue)
    position = json["position"]?.intValue
    scores = try numbers(json["scores"]).map { Float($0) }
    other = try numbers(json["other"]).map { Float($0) }
    var (metrics, curves) = ([FaithfulnessMetric: Double?](), [FaithfulnessMetric: [Double?]]())
    for member in try #require(json["metrics"]?.objectValue) {
      if member.name.hasSuffix("-curve") {
        let metric = try #require(FaithfulnessMetric(rawValue: member.name.replacing("-curve", with: "")))
        curves[metric] = try #require(member.value.arrayValue).map(\.doubleValue)
      } else {
        metrics[try #require(FaithfulnessMetric(rawValue: member.name))] = .some(member.value.doubleValue)
      }
    }
    for member in json["rationale"]?["metrics"]?.objectValue ?? [] {
      metrics[try #require(FaithfulnessMetric(rawValue: member.name))] = .some(member.value.doubleValue)
    }
    rationale = try json["rationale"]?["spans"]?.arrayValue.map { spans in
      TextSpans(try spans.map(numbers).map { Int($0[0])..<Int($0[1]) })
    }
    (self.metrics, self.curves) = (metrics, curves)
  }

  /// Measures the scores of every reference of a folder, and compares.
  static func check(_ name: String, on backend: any Backend) async throws {
    let folder = try FamilyFolder(name)
    let own = all.filter { $0.folder == name }
    let scores = Dictionary(uniqueKeysWithValues: try own.map { (try Key($0, in: folder), $0) })
    let methods = [
      GivenScores(id: "own") { scores[Key($0)]?.scores ?? zeros($0) },
      GivenScores(id: "other") { scores[Key($0)]?.other ?? zeros($0) },
    ]
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, task: folder.task, methods: methods, faithfulness: Faithfulness(), on: backend)
    let inputs = try Set(own.map(\.input)).sorted().map { try folder.input($0) }
    let asked = try inputs.map { input in
      try model.input(
        input.text, pair: input.pair, rationale: own.first { $0.input == input.name }?.rationale)
    }
    let scored = try await model.score(asked).map { try $0.get() }
    var compared = 0
    for (input, answer) in zip(inputs, scored) {
      for explanation in answer.explanations where explanation.method == "own" {
        guard
          let reference = own.first(where: {
            $0.input == input.name && $0.position == explanation.targetPosition
          })
        else { continue }
        reference.compare(explanation, hasProbability: model.task.probability != nil)
        compared += 1
      }
    }
    #expect(compared == own.count, "\(name)")
  }

  private func compare(_ explanation: Explanation, hasProbability: Bool) {
    #expect(explanation.attributions == scores)
    for metric in FaithfulnessMetric.allCases where metric != .randomWeightsTau && metric != .iouF1 {
      let found = explanation.metrics.filter { $0.metric == metric }
      let whole = found.filter { $0.fraction == nil }
      let id = "\(folder)/\(input)/\(position ?? -1): \(metric.rawValue)"
      guard let expected = metrics[metric] ?? nil else {
        #expect(whole.allSatisfy { $0.value == nil }, "\(id)")
        continue
      }
      #expect(whole.count == 1, "\(id)")
      guard let value = whole.first?.value else {
        Issue.record("\(id) is null")
        continue
      }
      // A probability in float32, or squares of differences of logits; correlations have an order and no rounding.
      let allowed =
        switch metric {
        case .infidelity, .normalizedInfidelity: 2e-4 * max(1, expected)
        case .comprehensiveness, .sufficiency: hasProbability ? 2e-5 : 1e-4
        default: 1e-6
        }
      #expect(abs(value - expected) <= allowed, "\(id): \(value) for \(expected)")
      let points = found.filter { $0.fraction != nil }
      guard let curve = curves[metric] else { continue }
      #expect(points.map(\.fraction) == (1...10).map { Double($0) / 10 }, "\(id)")
      for (point, other) in zip(points, curve) {
        #expect((point.value == nil) == (other == nil), "\(id) at \(point.fraction ?? 0)")
        if let value = point.value, let other {
          #expect(abs(value - other) <= allowed, "\(id) at \(point.fraction ?? 0): \(value) for \(other)")
        }
      }
    }
  }

  /// What tells an output of a text from others.
  private struct Key: Hashable {
    let ids: [Int32]
    let position: Int?

    init(_ subject: Subject) {
      ids = subject.encoding.ids
      position = subject.output.position
    }

    init(_ reference: FaithfulnessReference, in folder: FamilyFolder) throws {
      ids = try folder.input(reference.input).ids
      position = reference.position
    }
  }

  private static func zeros(_ subject: Subject) -> [Float] { subject.input.sequence.wordIDs.map { _ in 0 } }
}
