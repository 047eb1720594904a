import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceReference
import SalienceTensors
import Testing

/// An example's scores depend on the example alone.
@Suite struct IndependenceTests {
  private typealias Answer = (prediction: Prediction, explanations: [Explanation])

  /// Contract: bit-identical on AVX-512, within 1e-4 elsewhere.
  static let isBitExact = {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    return info.contains("avx512f")
  }()

  private func model(
    _ folder: ReferenceFolder, targets: [Target] = [.predicted], precision: Precision = .f32, tokenBudget: Int = 512
  ) async throws -> AttributionModel {
    let methods = try targets.enumerated().map {
      try IntegratedGradients(id: "ig\($0.offset)", steps: 20, keepSpecial: false, target: $0.element)
    }
    return try await AttributionModel(
      checkpoint: folder.checkpoint, methods: methods, on: CPUBackend(precision: precision, tokenBudget: tokenBudget))
  }

  private func answers(_ model: AttributionModel, _ texts: [ReferenceCase]) async throws -> [Answer] {
    let encodings = try texts.map { try model.encode($0.text, pair: $0.pair) }
    return try await model.score(encodings, labels: texts.map { _ in nil }).map { try $0.get() }
  }

  private func expectSame(_ a: Answer, _ b: Answer, _ what: String, bitExact: Bool = isBitExact) {
    if bitExact {
      #expect(a.prediction == b.prediction, "\(what)")
      #expect(a.explanations.map(\.attributions) == b.explanations.map(\.attributions), "\(what)")
      #expect(a.explanations.map(\.attributionNorm) == b.explanations.map(\.attributionNorm), "\(what)")
    } else {
      for (own, other) in zip(a.explanations, b.explanations) {
        let scores = other.attributions.map(Double.init)
        #expect(distance(own.attributions.map(Double.init), scores) <= 1e-4 * norm(scores), "\(what)")
      }
    }
  }

  @Test(arguments: ReferenceFolder.names, CPUBackend.precisions)
  func neighboursOrderAndBudget(folder name: String, precision: Precision) async throws {
    let folder = try ReferenceFolder(name)
    let texts = folder.texts
    let model = try await model(folder, precision: precision)
    let together = try await answers(model, texts)
    let again = try await answers(model, texts)
    let reversed = Array(try await answers(model, texts.reversed()).reversed())
    for (index, text) in texts.enumerated() {
      expectSame(again[index], together[index], "\(text.id): a second run", bitExact: true)
      expectSame(reversed[index], together[index], "\(text.id): in reverse")
      expectSame(try #require(await answers(model, [text]).first), together[index], "\(text.id): alone")
    }
    for budget in [64, 512, 2048] {
      let other = try await answers(self.model(folder, precision: precision, tokenBudget: budget), texts)
      for index in texts.indices { expectSame(other[index], together[index], "\(texts[index].id): budget \(budget)") }
    }
  }

  @Test(arguments: ["bert-3-bf16", "distilbert-93-bf16"]) func targetsTogether(folder name: String) async throws {
    let folder = try ReferenceFolder(name)
    let texts = folder.texts
    let classes = folder.labels.indices.prefix(3).map { Target.class(.index($0)) }
    let all = try await answers(model(folder, targets: [.all]), texts)
    let single = try await answers(model(folder, targets: classes), texts)
    for (together, alone) in zip(all, single) {
      #expect(together.explanations.count == folder.labels.count)
      for (own, other) in zip(together.explanations, alone.explanations) {
        #expect(own.target == other.target)
        #expect(own.attributions == other.attributions)
        #expect(own.output == other.output)
      }
    }
  }

  /// The reference's float64 scores against the float64 values of PyTorch, which the files round to nine digits.
  @Test(arguments: ReferenceFolder.names.filter { !$0.hasPrefix("demo") })
  func referenceBackend(folder name: String) async throws {
    let folder = try ReferenceFolder(name)
    let cases = folder.cases.filter { $0.ids.count <= 20 && $0.steps <= 20 && $0.target == "predicted" }.prefix(8)
    var worst = 0.0
    for reference in cases {
      let method = try reference.method()
      let model = try await AttributionModel(
        checkpoint: folder.checkpoint, methods: [method], on: ReferenceBackend())
      let encoding = try model.encode(reference.text, pair: reference.pair)
      let index = try #require(reference.targetIndex)
      let targets = try Target.predicted.resolve(model.task.outputNames, predicted: index, label: nil)
      let request = try method.path(encoding, of: targets, in: model)
      let prepared = try await ReferenceBackend().prepare(model.programs, parameters: folder.checkpoint.parameters)
      let response = try #require(await prepared.attribute(program: 0, requests: [request]).first)
      let error = distance(try #require(response.scores.first), reference.tokenScores)
      // The attention scale is a float32, which alone moves scores by some 1e-8.
      #expect(error <= 2e-7 * norm(reference.tokenScores), "\(reference.id)")
      worst = max(worst, error / max(norm(reference.tokenScores), .leastNormalMagnitude))
    }
    print("\(name): reference, \(cases.count) cases, worst score \(worst) of the norm")
  }
}
