import SalienceAttribution
import SalienceCPU
import SalienceJSON
import SalienceModels
import SalienceTensors
import Synchronization
import Testing

/// Of a model whose output is a sum over its tokens it is known which scores are faithful.
@Suite struct LinearModelTests {
  private static let text = "a fine film, not good but never a bad one in the end"

  private func metrics(_ scores: [Float]) async throws -> (metrics: [MetricValue], encoding: [Int32], special: [Bool]) {
    let model = try await AttributionModel(
      checkpoint: Fixture.checkpoint(), methods: [ListedScores(scores: scores)], faithfulness: Faithfulness(),
      on: LinearBackend())
    let scored = try #require(try await model.score([model.input(Self.text)]).first).get()
    return (scored.explanations[0].metrics, scored.decision.encoding.ids, scored.decision.encoding.special)
  }

  private func value(_ metric: FaithfulnessMetric, _ metrics: [MetricValue]) throws -> Double {
    try #require(metrics.first { $0.metric == metric && $0.fraction == nil }?.value)
  }

  @Test func theWeightsAreTheBestScores() async throws {
    let (_, ids, special) = try await metrics([])
    let weights = zip(ids, special).map { $1 ? 0 : Float(LinearBackend.weight($0)) }
    let best = try await metrics(weights).metrics
    let words = weights.indices.filter { !special[$0] }
    #expect(words.count > 10 && weights.contains { $0 < 0 })
    // As a sum, what is left out counts what its scores say.
    #expect(try abs(value(.infidelity, best)) < 1e-9 && abs(value(.normalizedInfidelity, best)) < 1e-9)
    #expect(try value(.leaveOneOutTau, best) > 0.999 && value(.monotonicity, best) > 0.999)
    let sizes = (1...10).map { min(words.count * $0 / 10, words.count { weights[$0] > 0 }) }
    let order = words.map { Double(weights[$0]) }.sorted(by: >)
    let falls = Set(sizes).subtracting([0]).map { order.prefix($0).reduce(0, +) }
    #expect(try abs(value(.comprehensiveness, best) - falls.reduce(0, +) / Double(falls.count)) < 1e-6)
    var generator = SplitMix(state: 7)
    for _ in 0..<100 {
      var shuffled = weights
      let places = words.shuffled(using: &generator)
      for (place, word) in zip(places, words) { shuffled[place] = weights[word] }
      let other = try await metrics(shuffled).metrics
      #expect(try value(.comprehensiveness, other) <= value(.comprehensiveness, best) + 1e-6)
      #expect(try value(.sufficiency, other) >= value(.sufficiency, best) - 1e-6)
      #expect(try value(.normalizedInfidelity, other) >= value(.normalizedInfidelity, best) - 1e-9)
    }
  }

  @Test func noPositiveScoreIsTheWorst() async throws {
    let (metrics, ids, _) = try await metrics(Array(repeating: -1, count: 64))
    #expect(try value(.comprehensiveness, metrics) == 0 && value(.sufficiency, metrics) == 1)
    #expect(ids.count < 64 && metrics.filter { $0.metric == .leaveOneOutTau }.map(\.value) == [nil])
  }

  @Test func anEmptyTextHasNoMetrics() async throws {
    let model = try await AttributionModel(
      checkpoint: Fixture.checkpoint(), methods: [RandomAttribution()], faithfulness: Faithfulness(),
      on: LinearBackend())
    let scored = try #require(try await model.score([model.input("")]).first).get()
    let metrics = scored.explanations[0].metrics
    #expect(!metrics.isEmpty && metrics.allSatisfy { $0.value == nil && $0.evaluations ?? 0 == 0 })
  }

  /// Copies of all methods go to the device together, and equal ones once.
  @Test func equalCopiesAreComputedOnce() async throws {
    func asked(_ methods: [any AttributionMethod], _ metrics: [FaithfulnessMetric]) async throws -> Int {
      let backend = LinearBackend()
      let model = try await AttributionModel(
        checkpoint: Fixture.checkpoint(), methods: methods, faithfulness: Faithfulness(metrics), on: backend)
      _ = try await model.score([model.input(Self.text)])
      return backend.asked.withLock { $0 }
    }
    let (one, two) = (RandomAttribution(), RandomAttribution(id: "other", seed: 1))
    for metrics in [[FaithfulnessMetric.leaveOneOutTau, .monotonicity], [.infidelity], [.agreementTau]] {
      #expect(try await asked([one], metrics) == asked([one, two], metrics))
    }
    #expect(try await asked([one], [.comprehensiveness]) < asked([one, two], [.comprehensiveness]))
  }
}

/// Scores as given, and 0 for further tokens.
private struct ListedScores: AttributionMethod {
  let id = "listed"
  let target = Target.class(.index(0))
  let layer = AttributionLayer.embeddings
  let values: [JSONMember] = []
  let scores: [Float]

  var rules: BackwardRules? { nil }
  func cost(tokens: Int) -> MethodCost { MethodCost() }
  func begin(_ subject: Subject) throws -> any MethodRun { Run(scores: scores, subject: subject) }

  private struct Run: MethodRun {
    let scores: [Float]
    let subject: Subject

    mutating func next(_ answers: [Answer]) throws -> Step {
      if answers.isEmpty { return .ask([.values(subject.input, coefficients: subject.coefficients)]) }
      let count = subject.encoding.count
      let own = Array((scores + Array(repeating: 0, count: count)).prefix(count))
      return .finish([
        Explanation(
          method: "listed", target: "0", targetIndex: 0, output: try answers.values(at: 0)[0], baselineOutput: nil,
          convergenceDelta: nil, steps: 0, attributions: own, normalized: own, attributionSum: 0, attributionNorm: 0)
      ])
    }
  }
}

/// A device whose every output is the sum of its tokens' weights.
private final class LinearBackend: Backend {
  let device = CPUBackend(threads: 1).device
  /// Sequences whose outputs were asked for.
  let asked = Mutex(0)

  /// Between -1 and 1, in steps of 1/512: sums of some are exact.
  static func weight(_ id: Int32) -> Double { Double(Int(id) &* 7919 % 1021 - 510) / 512 }

  func prepare(
    _ programs: [PathProgram], decoders: [DecoderProgram], parameters: any ParameterSource
  ) async throws -> any PreparedModel {
    Model(counts: programs.map(\.outputCount), backend: self)
  }

  private struct Model: PreparedModel {
    let counts: [Int]
    let backend: LinearBackend

    func outputs(program: Int, of points: [PathEnd]) async throws -> [[Float]] {
      backend.asked.withLock { $0 += points.count }
      return points.map { point in
        let sum = point.sequence.wordIDs.reduce(0) { $0 + LinearBackend.weight($1) }
        return [Float(sum)] + Array(repeating: 0, count: counts[program] - 1)
      }
    }

    func tapped(program: Int, _ requests: [TapRequest]) async throws -> [TappedOutputs] { throw Unasked() }
    func attribute(program: Int, requests: [PathRequest]) async throws -> [PathResponse] { throw Unasked() }
    func generate(decoder: Int, _ request: GenerationRequest) async throws -> [[Int32]] { throw Unasked() }
  }

  private struct Unasked: Error {}
}

private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SampleSeeds(ids: [], typeIDs: [], method: "shuffle", seed: state)[0]
  }
}
