import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceJSON
import SalienceReference
import SalienceTensors
import SalienceTestSupport
import Testing

/// A case of Tests/Fixtures/attribution/noise.json.
private struct NoiseCase {
  let id, method: String
  let folder: ReferenceFolder
  let reference: ReferenceCase
  let kind: NoiseTunnel.Kind
  let samples: Int
  let deviation, attributionNorm: Double
  let seed: UInt64
  let seeds: [UInt64]
  let tokenScores: [Double]
  let convergenceDelta: Double?

  static func all() throws -> [NoiseCase] {
    let json = try NoiseFixture.json()
    var folders: [String: ReferenceFolder] = [:]
    return try #require(json["cases"]?.arrayValue).map { value in
      let name = try #require(value["checkpoint"]?.stringValue)
      let folder = try folders[name] ?? ReferenceFolder(name)
      folders[name] = folder
      return try NoiseCase(value, folder)
    }
  }

  private init(_ json: JSONValue, _ folder: ReferenceFolder) throws {
    self.folder = folder
    id = try #require(json["id"]?.stringValue)
    method = try #require(json["method"]?.stringValue)
    reference = try #require(folder.cases.first { $0.id == json["case"]?.stringValue })
    kind = try #require(json["kind"]?.stringValue.flatMap(NoiseTunnel.Kind.init))
    samples = try #require(json["samples"]?.intValue)
    deviation = try #require(json["deviation"]?.doubleValue)
    attributionNorm = try #require(json["attribution_norm"]?.doubleValue)
    seed = UInt64(try #require(json["seed"]?.intValue))
    seeds = try #require(json["seeds"]?.arrayValue).map { try #require(UInt64($0.stringValue ?? "", radix: 16)) }
    tokenScores = try #require(json["token_scores"]?.arrayValue).map { try #require($0.doubleValue) }
    convergenceDelta = json["convergence_delta"]?.doubleValue
  }

  func tunnel(_ id: String? = nil, seed other: UInt64? = nil) throws -> NoiseTunnel {
    try NoiseTunnel(
      reference.method(id: id ?? method), kind: kind, samples: samples, deviation: deviation, seed: other ?? seed)
  }
}

private enum NoiseFixture {
  static func json() throws -> JSONValue {
    let data = try Data(contentsOf: Repository.fixtures.appending(path: "attribution/noise.json"))
    return try JSONValue(parsing: [UInt8](data))
  }
}

/// Attributions under noise, against Captum's `NoiseTunnel` given the same noise in float64.
@Suite struct NoiseTunnelTests {
  private func explanation(
    _ method: any AttributionMethod, _ item: NoiseCase, on backend: any Backend = CPUBackend()
  ) async throws -> Explanation {
    let model = try await AttributionModel(checkpoint: item.folder.checkpoint, methods: [method], on: backend)
    let encoding = try model.encode(item.reference.text, pair: item.reference.pair)
    let (_, explanations) = try #require(await model.score([encoding], labels: [nil]).first).get()
    return try #require(explanations.first)
  }

  @Test func generatorValues() throws {
    for value in try #require(NoiseFixture.json()["generator"]?.arrayValue) {
      let seed = try #require(UInt64(value["seed"]?.stringValue ?? "", radix: 16))
      let width = try #require(value["width"]?.intValue)
      let expected = try #require(value["normals"]?.arrayValue).map { try #require($0.doubleValue) }
      let noise = GaussianNoise(seed: seed, deviation: 1)
      let own = try (0..<#require(value["rows"]?.intValue)).flatMap { noise.normals(row: $0, width: width) }
      #expect(own.count == expected.count)
      #expect(zip(own, expected).allSatisfy { abs($0 - $1) <= 1e-8 })
    }
  }

  @Test func seedsComeFromTheExample() throws {
    for item in try NoiseCase.all() {
      let reference = item.reference
      let seeds = SampleSeeds(ids: reference.ids, typeIDs: reference.typeIDs, method: item.method, seed: item.seed)
      #expect(item.seeds.indices.map { seeds[$0] } == item.seeds, "\(item.id)")
    }
  }

  /// Noise in float32, and so the scores' own rounding, leaves the same tolerance as without.
  @Test func values() async throws { try await compareAll(on: CPUBackend()) }

  @Test(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all)
  func valuesOnVulkan(device: VulkanTestDevice) async throws {
    let backend = try device.backend()
    try await compareAll(on: backend)
    #expect(backend.messages?.all ?? [] == [])
  }

  private func compareAll(on backend: any Backend) async throws {
    var worst = 0.0
    for item in try NoiseCase.all() {
      let own = try await explanation(item.tunnel(), item, on: backend)
      let error = distance(own.attributions.map(Double.init), item.tokenScores)
      #expect(error <= 1e-4 * norm(item.tokenScores), "\(item.id): off by \(error)")
      worst = max(worst, error / norm(item.tokenScores))
      #expect(abs(own.attributionNorm - item.attributionNorm) <= 1e-4 * item.attributionNorm, "\(item.id): norm")
      #expect(own.steps == item.reference.steps * item.samples)
      #expect(abs(own.output - item.reference.output) <= 2e-4, "\(item.id): F(x) is that of the text without noise")
      #expect((own.convergenceDelta == nil) == (item.convergenceDelta == nil))
      if let delta = own.convergenceDelta, let expected = item.convergenceDelta {
        #expect(abs(delta - expected) <= 1e-4 * max(1, item.attributionNorm), "\(item.id): delta")
      }
    }
    print("noise tunnel on \(backend.device.details): worst score \(worst) of the norm")
  }

  /// With a tolerance the points are those of the text without noise: many fixed ones give nearly the same.
  @Test func tolerance() async throws {
    var count = 0
    for item in try NoiseCase.all() where item.reference.steps >= 20 {
      guard let plain = try item.reference.method(id: item.method) as? IntegratedGradients,
        case .fixed(_, .gaussLegendre) = plain.rule
      else { continue }
      func explanation(_ rule: IntegratedGradients.Rule) async throws -> Explanation {
        let method = IntegratedGradients(
          id: plain.id, rule: rule, baseline: plain.baseline, keepSpecial: plain.keepSpecial, target: plain.target,
          layer: plain.layer, output: plain.output)
        let tunnel = try NoiseTunnel(
          method, kind: item.kind, samples: item.samples, deviation: item.deviation, seed: item.seed)
        return try await self.explanation(tunnel, item)
      }
      let own = try await explanation(.adaptive(try AdaptiveQuadrature(tolerance: 0.001)))
      let many = try await explanation(.fixed(steps: 200, quadrature: .gaussLegendre))
      let scores = many.attributions.map(Double.init)
      let error = distance(own.attributions.map(Double.init), scores)
      #expect(error <= 2e-2 * norm(scores), "\(item.id): off by \(error / norm(scores))")
      #expect(own.converged == true && own.steps < 257 * (item.samples + 1))
      #expect((own.convergenceDelta == nil) == (item.kind != .smoothGrad))
      count += 1
    }
    #expect(count > 0)
  }

  @Test func referenceBackend() async throws {
    for item in try NoiseCase.all() where item.reference.steps <= 10 {
      let own = try await explanation(item.tunnel(), item, on: ReferenceBackend())
      let error = distance(own.attributions.map(Double.init), item.tokenScores)
      #expect(error <= 1e-6 * norm(item.tokenScores), "\(item.id): off by \(error)")
    }
  }

  @Test func anotherMethodOrSeedGivesOtherNumbers() async throws {
    let item = try #require(NoiseCase.all().first)
    let own = try await explanation(item.tunnel(), item)
    for other in [try item.tunnel("other"), try item.tunnel(seed: item.seed + 1)] {
      let numbers = try await explanation(other, item)
      #expect(distance(numbers.attributions.map(Double.init), item.tokenScores) > 1e-3 * norm(item.tokenScores))
    }
    #expect(try await explanation(item.tunnel(), item) == own)
  }

  @Test(arguments: ["bert-2-f32", "distilbert-93-bf16"]) func neighboursOrderAndBudget(name: String) async throws {
    let folder = try ReferenceFolder(name)
    let texts = folder.texts.filter { $0.ids.count < 100 }
    let methods: [any AttributionMethod] =
      try NoiseTunnel.Kind.allCases.map {
        try NoiseTunnel(
          IntegratedGradients(id: $0.rawValue, steps: 5, target: .all), kind: $0, samples: 3, deviation: 0.2)
      } + [IntegratedGradients(steps: 5)]
    func scores(_ texts: [ReferenceCase], budget: Int = 512) async throws -> [[[Float]]] {
      let model = try await AttributionModel(
        checkpoint: folder.checkpoint, methods: methods, on: CPUBackend(tokenBudget: budget))
      let encodings = try texts.map { try model.encode($0.text, pair: $0.pair) }
      return try await model.score(encodings, labels: texts.map { _ in nil }).map {
        try $0.get().1.map(\.attributions)
      }
    }
    let together = try await scores(texts)
    expectSame(try await scores(texts), together, "a second run", bitExact: true)
    expectSame(try await scores(texts.reversed()).reversed(), together, "in reverse")
    for budget in [64, 2048] { expectSame(try await scores(texts, budget: budget), together, "budget \(budget)") }
    for (text, expected) in zip(texts, together) {
      expectSame(try await scores([text]), [expected], "\(text.id) alone")
    }
  }

  /// Contract: bit-identical on AVX-512, within 1e-4 elsewhere.
  private func expectSame(_ a: [[[Float]]], _ b: [[[Float]]], _ what: String, bitExact: Bool? = nil) {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    if bitExact ?? info.contains("avx512f") {
      #expect(a == b, "\(what)")
    } else {
      for (own, other) in zip(a.joined(), b.joined()) {
        let expected = other.map(Double.init)
        #expect(distance(own.map(Double.init), expected) <= 1e-4 * norm(expected), "\(what)")
      }
    }
  }

  @Test func refusesSettingsThatSayNothing() throws {
    let method = try IntegratedGradients(steps: 2)
    #expect(throws: AttributionError.self) { try NoiseTunnel(method, samples: 0) }
    #expect(throws: AttributionError.self) { try NoiseTunnel(method, kind: .varGrad, samples: 1) }
    for deviation in [0, -1, Double.nan, .infinity] {
      #expect(throws: AttributionError.self) { try NoiseTunnel(method, deviation: deviation) }
    }
  }

  @Test func refusesNoiseAroundNoise() async throws {
    let item = try #require(NoiseCase.all().first)
    let method = try NoiseTunnel(item.tunnel())
    await #expect(throws: AttributionError.self) { try await explanation(method, item) }
  }
}
