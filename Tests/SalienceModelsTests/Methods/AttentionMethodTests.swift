import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceJSON
import SalienceReference
import SalienceTensors
import SalienceTestSupport
import Testing

/// Attention against transformers, family by family; Scripts/fixtures/make_attention_fixtures.py makes the references.
@Suite(.serialized) struct AttentionMethodTests {
  /// A case of Tests/Fixtures/attention/references.json; README.md beside it gives the meaning of each key.
  private struct Case {
    let id, folder, input: String
    let targetPosition: Int?
    let output: Double
    let tokens, layers, heads, pairs, rolloutPairs: Int
    let rows: [Int]
    private let json: JSONValue

    static func all() throws -> [Case] {
      let data = try Data(contentsOf: Repository.fixtures.appending(path: "attention/references.json"))
      return try #require(JSONValue(parsing: [UInt8](data))["cases"]?.arrayValue).map(Case.init)
    }

    init(_ json: JSONValue) throws {
      self.json = json
      func integer(_ key: String) throws -> Int { try #require(json[key]?.intValue) }
      id = try #require(json["id"]?.stringValue)
      folder = try #require(json["folder"]?.stringValue)
      input = try #require(json["input"]?.stringValue)
      targetPosition = json["target_position"]?.intValue
      output = try #require(json["output"]?.doubleValue)
      (tokens, layers, heads) = (try integer("tokens"), try integer("layers"), try integer("heads"))
      (pairs, rolloutPairs) = (try integer("pairs"), try integer("rollout_pairs"))
      rows = try #require(json["rows"]?.arrayValue).map { try #require($0.intValue) }
    }

    func numbers(_ part: String, _ method: String) throws -> [Double] {
      try #require(json[part]?[method]?.arrayValue).map { try #require($0.doubleValue) }
    }

    /// The weights of an explanation in the order of the reference.
    func weights(_ explanation: Explanation, layers: Int, heads: Int) -> [Double] {
      var result = [Double](repeating: 0, count: layers * heads * rows.count * tokens)
      for pair in explanation.pairs {
        guard let row = rows.firstIndex(of: Int(pair.from)) else { continue }
        let map = Int(pair.layer ?? 0) * heads + Int(pair.head ?? 0)
        result[(map * rows.count + row) * tokens + Int(pair.to)] += Double(pair.weight)
      }
      return result
    }
  }

  private static let folders = ((try? Case.all()) ?? []).reduce(into: [String]()) { names, item in
    if !names.contains(item.folder) { names.append(item.folder) }
  }

  private static let whole = AttentionSettings(cut: PairCut(topK: nil))
  private static let methods: [any AttributionMethod] = [
    AttentionMaps(whole), AttentionRollout(whole), ValueWeightedAttention(whole), AttentionTimesGradient(whole),
  ]

  private func scored(
    _ folder: String, _ inputs: [String], _ methods: [any AttributionMethod], on backend: any Backend
  ) async throws -> [ScoredInput] {
    let family = try FamilyFolder(folder)
    let model = try await AttributionModel(
      checkpoint: family.checkpoint, task: family.task, methods: methods, on: backend)
    let texts = try inputs.map { name in
      let input = try family.input(name)
      return try model.input(input.text, pair: input.pair)
    }
    return try await model.score(texts).map { try $0.get() }
  }

  private func compare(_ folder: String, on backend: any Backend, bound: Double) async throws {
    let cases = try Case.all().filter { $0.folder == folder }
    #expect(cases.count == 2)
    var worst = 0.0
    for (item, scored) in zip(cases, try await scored(folder, cases.map(\.input), Self.methods, on: backend)) {
      for method in Self.methods {
        let own = try #require(
          scored.explanations.first { $0.method == method.id && $0.targetPosition == item.targetPosition })
        let isRollout = method is AttentionRollout
        #expect(own.pairs.count == (isRollout ? item.rolloutPairs : item.pairs), "\(item.id): \(method.id)")
        #expect(own.pairs.allSatisfy { ($0.layer == nil) == isRollout && ($0.head == nil) == isRollout })
        let (layers, heads) = isRollout ? (1, 1) : (item.layers, item.heads)
        let (weights, expected) = (
          item.weights(own, layers: layers, heads: heads), try item.numbers("weights", method.id)
        )
        try #require(weights.count == expected.count)
        let error = distance(weights, expected) / norm(expected)
        #expect(error <= bound, "\(item.id): weights of \(method.id) are off by \(error)")
        let scores = try item.numbers("scores", method.id)
        let scoreError = distance(own.attributions.map(Double.init), scores) / norm(scores)
        #expect(scoreError <= bound, "\(item.id): scores of \(method.id) are off by \(scoreError)")
        #expect(abs(own.output - item.output) <= bound * max(1, abs(item.output)), "\(item.id): output")
        worst = max(worst, error, scoreError)
      }
    }
    print("\(folder) on \(backend.device.name): attention is off by \(worst) of the norm at most")
  }

  @Test(arguments: folders) func onTheCPU(folder: String) async throws {
    try await compare(folder, on: CPUBackend(), bound: 1e-4)
  }

  @Test(arguments: ["bert-multi-label", "llama-sequence-classification"]) func inFloat64(folder: String) async throws {
    try await compare(folder, on: ReferenceBackend(), bound: 1e-5)
  }

  @Test(
    .enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all, folders)
  func onVulkan(device: VulkanTestDevice, folder: String) async throws {
    let backend = try device.backend()
    try await compare(folder, on: backend, bound: 1e-4)
    #expect(backend.messages?.all ?? [] == [])
  }

  /// Slopes are each target's own, and a contrast's are the difference of two; maps without slopes stand once.
  @Test func slopesOfTargets() async throws {
    func method(_ target: Target) -> [any AttributionMethod] {
      let settings = AttentionSettings(cut: PairCut(topK: nil), target: target)
      return [AttentionTimesGradient(settings), AttentionMaps(settings)]
    }
    let folder = "deberta-v2-sequence-classification"
    let all = try await scored(folder, ["short"], method(.all), on: CPUBackend())[0].explanations
    let contrast = try await scored(
      folder, ["short"], method(.contrast(.index(2), .index(0))), on: CPUBackend())[0].explanations[0]
    #expect(all.count == 6 && all.prefix(3).allSatisfy { $0.pairs.count == all[0].pairs.count && $0.pairs.count > 0 })
    #expect(!all[3].pairs.isEmpty && all[4].pairs.isEmpty && all[5].pairs.isEmpty)
    let difference = zip(all[2].pairs, all[0].pairs).map { Double($0.weight) - Double($1.weight) }
    let weights = contrast.pairs.map { Double($0.weight) }
    #expect(norm(weights) > 0 && distance(weights, difference) <= 1e-5 * norm(weights))
    #expect(distance(all[0].attributions.map(Double.init), all[1].attributions.map(Double.init)) > 0)
  }

  /// To the last bit, on a processor with AVX-512.
  @Test func aloneAndAmongNeighbours() async throws {
    let folder = "llama-sequence-classification"
    let all = try await scored(folder, ["ordinary", "hostile", "short"], Self.methods, on: CPUBackend())
    let alone = try await scored(folder, ["hostile"], [Self.methods[0]], on: CPUBackend())
    let (a, b) = (try #require(alone[0].explanations.first), try #require(all[1].explanations.first))
    #expect(distance(a.attributions.map(Double.init), b.attributions.map(Double.init)) <= 1e-5)
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    if info.contains("avx512f") { #expect(a == b) }
  }

  /// Chosen layers and heads, the largest weights of each query, and one query alone.
  @Test func cuts() async throws {
    let folder = "bert-multi-label"
    let selection = AttentionSelection(layers: [1], heads: [0, 3])
    let cut = AttentionMaps(
      id: "cut", AttentionSettings(selection: selection, cut: PairCut(topK: 3, threshold: 0.04)))
    let output = AttentionMaps(
      id: "output", AttentionSettings(selection: selection, cut: PairCut(topK: 2, isOfOutput: true)))
    let found = try await scored(folder, ["ordinary"], [Self.methods[0], cut, output], on: CPUBackend())[0].explanations
    let whole = found[0].pairs.filter { $0.layer == 1 && ($0.head == 0 || $0.head == 3) }
    var expected: [TokenPair] = []
    for (_, row) in Dictionary(grouping: whole, by: { [Int($0.head ?? 0), Int($0.from)] }).sorted(
      by: { $0.key.lexicographicallyPrecedes($1.key) })
    {
      let top = row.sorted { $0.weight > $1.weight }.prefix(3).filter { $0.weight >= 0.04 }
      expected += top.sorted { $0.to < $1.to }
    }
    #expect(found[1].pairs == expected && expected.count > 20 && expected.count < 3 * 40)
    #expect(found[2].pairs.count == 4 && found[2].pairs.allSatisfy { $0.from == 0 })
    #expect(found[1].attributions == found[2].attributions && found[1].attributions != found[0].attributions)
  }

  /// Layers and heads that a model does not have are refused before a weight is read.
  @Test(arguments: [
    (AttentionSelection(layers: [0, 2]), "no layer 2: the model has layers 0 to 1", "layers"),
    (AttentionSelection(heads: [4]), "no head 4: layer 0 has heads 0 to 3", "heads"),
  ])
  func absent(selection: AttentionSelection, message: String, setting: String) throws {
    let family = try FamilyFolder("bert-multi-label")
    let error = #expect(throws: AttributionError.self) {
      try AttributionModel.validate(
        [AttentionMaps(AttentionSettings(selection: selection))], for: family.checkpoint.config, task: family.task)
    }
    #expect(error?.message == message && error?.setting?.rawValue == setting && error?.code == .usage)
  }
}
