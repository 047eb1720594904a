import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceCheckpoints
import SalienceTensors
import Testing

/// A tolerance on every family, from a zero embedding and from a token: near a reference, or no worse than a fixed rule.
@Suite struct ToleranceFamilyTests {
  /// One checkpoint of each family, and those whose norms are unusual.
  static let folders = [
    "albert-sequence-classification", "bert-multi-label", "deberta-v2-sequence-classification",
    "distilbert-token-classification", "electra-sequence-classification", "gemma-causal-lm",
    "gemma-sequence-classification", "gpt2-causal-lm", "llama-biases", "llama-causal-lm",
    "llama-sequence-classification", "modernbert-sequence-classification", "qwen2-causal-lm", "qwen3-causal-lm",
    "qwen3-sequence-classification", "roberta-sequence-classification",
  ]

  /// Gauss-Legendre on intervals that shrink towards the baseline, where a norm of zeros is steep: 2^-60, 2^-59 … 1/8,
  /// then sixteenths.
  private static func reference() throws -> IntegratedGradients.Rule {
    let near: [Double] = (4...60).reversed().map { exp2(-Double($0)) }
    let far: [Double] = (2...16).map { Double($0) / 16 }
    let edges: [Double] = [0] + near + far
    let rule = try Quadrature.gaussLegendre.points(steps: 8)
    var points: [PathPoint] = []
    for (lower, upper) in zip(edges, edges.dropFirst()) {
      let width = upper - lower
      for point in rule {
        points.append(PathPoint(alpha: lower + width * point.alpha, weight: width * point.weight))
      }
    }
    return .points(points)
  }

  private static func methods(_ rules: [IntegratedGradients.Rule], _ baseline: Baseline) -> [IntegratedGradients] {
    rules.enumerated().map { IntegratedGradients(id: "rule-\($0)", rule: $1, baseline: baseline) }
  }

  private func explanations(
    _ folder: FamilyFolder, _ methods: [any AttributionMethod]
  ) async throws -> [[Explanation]] {
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, task: folder.task, methods: methods, on: CPUBackend())
    let inputs = try folder.inputs.prefix(2).map { try model.input($0.text, pair: $0.pair) }
    let scored = try await model.score(inputs).map { try $0.get().explanations }
    return methods.indices.map { method in
      scored.flatMap { own in
        let count = own.count / methods.count
        return Array(own[method * count..<(method + 1) * count].prefix(3))
      }
    }
  }

  private func error(_ explanation: Explanation, from reference: Explanation) -> Double {
    distance(explanation.attributions.map(Double.init), reference.attributions.map(Double.init))
  }

  @Test(arguments: folders, ["zero", "token"])
  func keptOrNoWorseThanAFixedRule(folder name: String, baseline: String) async throws {
    let folder = try FamilyFolder(name)
    let start: Baseline
    switch baseline {
    case "zero": start = .zero
    default: start = .token(try #require(folder.inputs[0].tokens.dropFirst(4).first))
    }
    let reference = try Self.reference()
    let fifty: IntegratedGradients.Rule = .fixed(steps: 50, quadrature: .gaussLegendre)
    let own: IntegratedGradients.Rule = .adaptive(try AdaptiveQuadrature(tolerance: 0.01))
    let few: IntegratedGradients.Rule = .adaptive(try AdaptiveQuadrature(tolerance: 0.01, maxSteps: 50))
    let found = try await explanations(folder, Self.methods([own, few, fifty, reference], start))
    var (kept, steps) = (0, 0)
    for index in found[0].indices {
      let (own, few, fifty, reference) = (found[0][index], found[1][index], found[2][index], found[3][index])
      let scores = reference.attributions.map(Double.init)
      let id = "\(name), \(baseline), \(own.target) at \(own.targetPosition ?? 0)"
      let rounding = 1e-5 * max(1, abs(own.output), norm(scores))
      #expect(own.attributions.allSatisfy(\.isFinite) && own.attributionNorm.isFinite, "\(id)")
      steps += own.steps
      kept += own.converged == true ? 1 : 0
      let delta = try #require(own.convergenceDelta)
      if own.converged == true {
        let difference = abs(own.output - (try #require(own.baselineOutput)))
        #expect(abs(delta) <= 0.01 * max(difference, AdaptiveQuadrature.outputFloor) + rounding, "\(id): delta")
        // Where outputs jump inside the path, the reference itself is off.
        let slack = abs(try #require(reference.convergenceDelta))
        #expect(
          error(own, from: reference) <= 0.06 * norm(scores) + 2 * slack,
          "\(id): \(error(own, from: reference)) of \(norm(scores))")
      } else {
        let rule: IntegratedGradients.Rule = .fixed(steps: own.steps, quadrature: .gaussLegendre)
        let fixed = try await explanations(folder, Self.methods([rule], start))[0][index]
        print("\(id): \(own.steps) steps, delta \(delta), fixed \(fixed.convergenceDelta ?? .nan)")
        for other in [fixed, fifty] {
          #expect(abs(delta) <= abs(try #require(other.convergenceDelta)) + rounding, "\(id): delta \(delta)")
          #expect(
            error(own, from: reference) <= error(other, from: reference) + 0.01 * norm(scores) + rounding,
            "\(id): scores")
        }
      }
      // Fifty points do not get to a gradient that is 10^10 times too large, as Qwen3's at zero; they are spread then.
      let allowed = 1.1 * abs(try #require(fifty.convergenceDelta)) + 0.25 * norm(scores) + rounding
      let bound = 1.1 * error(fifty, from: reference) + 0.5 * norm(scores) + rounding
      let fewDelta = abs(try #require(few.convergenceDelta))
      let fewError = error(few, from: reference)
      #expect(fewDelta <= allowed, "\(id): delta of few")
      #expect(fewError <= bound, "\(id): scores of few")
    }
    print("\(name), \(baseline): \(kept) of \(found[0].count) kept, \(Double(steps) / Double(found[0].count)) steps")
  }

  /// Norms that divide by next to nothing: gradients of zeros overflow, and so do those beside them.
  @Test func overflowAtTheBaselineStaysFinite() async throws {
    let folder = try FamilyFolder("llama-causal-lm")
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("overflow-\(UUID().uuidString)").path
    try FileManager.default.copyItem(atPath: folder.checkpoint.directory, toPath: copy)
    defer { try? FileManager.default.removeItem(atPath: copy) }
    let path = "\(copy)/config.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("\"rms_norm_eps\": 1e-06", with: "\"rms_norm_eps\": 1e-30")
      .write(toFile: path, atomically: true, encoding: .utf8)
    let rule = try AdaptiveQuadrature(tolerance: 0.01)
    let model = try await AttributionModel(
      checkpoint: Checkpoint(directory: copy), task: folder.task,
      methods: Self.methods([.adaptive(rule), .fixed(steps: 50, quadrature: .gaussLegendre)], .zero),
      on: CPUBackend())
    let input = try model.input(folder.inputs[1].text, pair: folder.inputs[1].pair)
    let found = try #require(await model.score([input]).first).get().explanations
    let half = found.count / 2
    #expect(half > 0)
    for (own, fixed) in zip(found[..<half], found[half...]) {
      #expect(own.attributions.allSatisfy(\.isFinite) && own.attributionNorm.isFinite)
      let (delta, other) = (try #require(own.relativeDelta), try #require(fixed.relativeDelta))
      print("overflow: \(own.steps) steps, kept \(own.converged == true), relative delta \(delta), fixed \(other)")
      #expect(own.converged == true || delta <= max(1, 1.1 * other))
    }
  }
}
