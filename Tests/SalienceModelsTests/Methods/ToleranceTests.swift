import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceReference
import SalienceTensors
import Testing

/// As few steps as keep a tolerance, over whole models.
@Suite struct ToleranceTests {
  private func model(
    _ folder: ReferenceFolder, _ methods: [any AttributionMethod], on backend: (any Backend)? = nil
  ) async throws -> AttributionModel {
    try await AttributionModel(checkpoint: folder.checkpoint, methods: methods, on: backend ?? CPUBackend())
  }

  private func adaptive(
    _ tolerance: Double, maxSteps: Int = AdaptiveQuadrature.defaultMaxSteps, target: Target = .predicted
  ) throws -> IntegratedGradients {
    let rule = try AdaptiveQuadrature(tolerance: tolerance, maxSteps: maxSteps)
    return IntegratedGradients(id: "adaptive", rule: .adaptive(rule), target: target)
  }

  private func explanations(_ model: AttributionModel, _ texts: [ReferenceCase]) async throws -> [[Explanation]] {
    let encodings = try texts.map { try model.encode($0.text, pair: $0.pair) }
    return try await model.score(encodings, labels: texts.map { _ in nil }).map { try $0.get().1 }
  }

  @Test(arguments: ReferenceFolder.names) func nearAFineRule(folder name: String) async throws {
    let folder = try ReferenceFolder(name)
    let texts = folder.texts
    let fine = try IntegratedGradients(id: "fine", steps: 400)
    let model = try await model(folder, [adaptive(0.01), fine])
    var (steps, errors) = (0, [Double]())
    for (text, found) in zip(texts, try await explanations(model, texts)) {
      let (own, reference) = (found[0], found[1])
      let scores = reference.attributions.map(Double.init)
      let error = distance(own.attributions.map(Double.init), scores)
      let difference = abs(own.output - (try #require(own.baselineOutput)))
      let delta = abs(try #require(own.convergenceDelta))
      #expect(own.converged == true, "\(text.id)")
      #expect(delta <= 0.01 * max(difference, AdaptiveQuadrature.outputFloor) + 1e-6, "\(text.id): delta \(delta)")
      #expect(abs(try #require(own.baselineOutput) - (try #require(reference.baselineOutput))) <= 1e-5, "\(text.id)")
      if norm(scores) > AdaptiveQuadrature.outputFloor {
        #expect(error <= 0.06 * norm(scores), "\(text.id): \(error / norm(scores)) of the norm")
        errors.append(error / norm(scores))
        #expect(
          abs(own.attributionNorm - reference.attributionNorm) <= 0.06 * reference.attributionNorm, "\(text.id): norm")
      }
      for (score, expected) in zip(own.attributions, reference.attributions) where expected == 0 { #expect(score == 0) }
      steps += own.steps
    }
    let worst = errors.max() ?? 0
    print("\(name): \(Double(steps) / Double(max(1, texts.count))) steps, worst score \(worst) of the norm")
  }

  /// The values of Captum with a rule that has converged, at a tolerance far below the 1e-4 that are promised.
  @Test(arguments: ["bert-2-f32", "bert-3-bf16"]) func tightIsExact(folder name: String) async throws {
    let folder = try ReferenceFolder(name)
    let texts = folder.texts
    let fine = try IntegratedGradients(id: "fine", steps: 200)
    let model = try await model(folder, [adaptive(1e-5, maxSteps: 2000), fine])
    for (text, found) in zip(texts, try await explanations(model, texts)) {
      let scores = found[1].attributions.map(Double.init)
      #expect(distance(found[0].attributions.map(Double.init), scores) <= 1e-4 * norm(scores) + 1e-7, "\(text.id)")
      #expect(
        abs(found[0].attributionNorm - found[1].attributionNorm) <= 1e-4 * found[1].attributionNorm, "\(text.id)")
    }
  }

  @Test(arguments: ["bert-3-bf16", "distilbert-2-f16", "demo-checkpoint-8000"])
  func alone(folder name: String) async throws {
    let folder = try ReferenceFolder(name)
    let texts = folder.texts
    let isBitExact = ((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "").contains("avx512f")
    func expectSame(_ found: [Explanation], _ expected: [Explanation], _ what: String, exactly: Bool) {
      if exactly {
        #expect(found == expected, "\(what)")
        return
      }
      for (a, b) in zip(found, expected) {
        let scores = b.attributions.map(Double.init)
        #expect(distance(a.attributions.map(Double.init), scores) <= 0.05 * norm(scores), "\(what)")
      }
    }
    let model = try await model(folder, [adaptive(0.01)])
    let together = try await explanations(model, texts)
    #expect(Set(together.flatMap { $0.map(\.steps) }).count > 1, "all texts take the same steps")
    #expect(try await explanations(model, texts) == together, "a second run")
    let reversed = Array(try await explanations(model, texts.reversed()).reversed())
    for (index, text) in texts.enumerated() {
      expectSame(reversed[index], together[index], "\(text.id): in reverse", exactly: isBitExact)
      let single = try #require(await explanations(model, [text]).first)
      expectSame(single, together[index], "\(text.id): alone", exactly: isBitExact)
    }
    for budget in [64, 2048] {
      let other = try await explanations(
        self.model(folder, [adaptive(0.01)], on: CPUBackend(tokenBudget: budget)), texts)
      for index in texts.indices {
        expectSame(other[index], together[index], "\(texts[index].id): budget \(budget)", exactly: isBitExact)
      }
    }
  }

  @Test func stepsEndAtTheLimit() async throws {
    let folder = try ReferenceFolder("demo-checkpoint-8000")
    let model = try await model(folder, [adaptive(1e-7, maxSteps: 9)])
    for found in try await explanations(model, folder.texts) {
      #expect(found[0].steps <= 9)
      #expect(found[0].converged == true || found[0].steps == 9)
    }
    #expect(try await explanations(model, folder.texts).contains { $0[0].converged == false })
  }

  /// Every class on the same points, each within its own tolerance.
  @Test func allTargets() async throws {
    let folder = try ReferenceFolder("distilbert-3-f32-sharded")
    let fine = try IntegratedGradients(id: "fine", steps: 400, target: .all)
    let model = try await model(folder, [adaptive(0.01, target: .all), fine])
    for found in try await explanations(model, folder.texts) {
      let half = found.count / 2
      #expect(half == folder.labels.count)
      for (own, reference) in zip(found[..<half], found[half...]) {
        let scores = reference.attributions.map(Double.init)
        #expect(own.target == reference.target)
        #expect(own.steps == found[0].steps)
        #expect(distance(own.attributions.map(Double.init), scores) <= 0.06 * norm(scores) + 1e-4)
      }
    }
  }

  /// Requests of both kinds in one call, on the reference backend as well.
  @Test func besideFixedRules() async throws {
    let folder = try ReferenceFolder("bert-2-f32")
    let text = try #require(folder.texts.min { $0.ids.count < $1.ids.count })
    let fixed = try IntegratedGradients(id: "fixed", steps: 12)
    let adaptive = try adaptive(0.01)
    for backend in [CPUBackend(), ReferenceBackend()] as [any Backend] {
      let model = try await model(folder, [fixed, adaptive], on: backend)
      let encoding = try model.encode(text.text, pair: text.pair)
      let targets = try Target.predicted.resolve(model.task.outputNames, predicted: 0, label: nil)
      let requests = try [fixed, adaptive, fixed].map { try $0.path(encoding, of: targets, in: model) }
      let prepared = try await backend.prepare(model.programs, parameters: folder.checkpoint.parameters)
      let mixed = try await prepared.attribute(program: 0, requests: requests)
      let alone = try await prepared.attribute(program: 0, requests: [requests[0]])
      #expect(mixed.map(\.pointCount)[0] == 12 && mixed.map(\.pointCount)[2] == 12)
      #expect(mixed[0].scores == alone[0].scores && mixed[2].scores == alone[0].scores)
      #expect(mixed[0].squares == alone[0].squares)
      #expect(mixed[1].pointCount >= 7 && mixed[1].converged)
      #expect(distance(mixed[1].scores[0], mixed[0].scores[0]) <= 0.1 * norm(mixed[0].scores[0]) + 1e-3)
    }
  }
}
