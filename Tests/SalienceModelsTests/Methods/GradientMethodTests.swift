import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceReference
import SalienceTensors
import SalienceTestSupport
import Testing

/// Methods that take gradients against their peers, family by family.
///
/// One model after another, so that few are in memory together.
@Suite(.serialized) struct GradientMethodTests {
  private static let folders = ((try? GradientCase.all()) ?? []).reduce(into: [String]()) { names, item in
    if !names.contains(item.folder) { names.append(item.folder) }
  }

  /// - Parameter inputs: names of texts; all of them by default.
  private func compare(
    _ folder: String, inputs: Set<String>? = nil, on backend: any Backend, bound: Double
  ) async throws {
    let family = try FamilyFolder(folder)
    let cases = try GradientCase.all().filter { $0.folder == folder && inputs?.contains($0.input) ?? true }
    #expect(!cases.isEmpty)
    let methods = try cases.map { try $0.method() }
    let model = try await AttributionModel(
      checkpoint: family.checkpoint, task: family.task, methods: methods, on: backend)
    let names = Array(Set(cases.map(\.input))).sorted()
    let texts = try names.map { name in
      let input = try family.input(name)
      return try model.input(input.text, pair: input.pair)
    }
    let scored = try await model.score(texts).map { try $0.get() }
    var (worst, zeros) = (0.0, 0)
    for (index, item) in cases.enumerated() {
      let place = try #require(names.firstIndex(of: item.input))
      let own = scored[place].explanations[index]
      #expect(own.method == methods[index].id && own.targetIndex == item.targetIndex)
      let scores = own.attributions.map(Double.init)
      let error = distance(scores, item.tokenScores)
      if item.cancels {
        zeros += 1
        #expect(norm(scores) <= 1e-5 * item.attributionNorm, "\(item.id): \(norm(scores))")
      } else {
        #expect(error <= bound * norm(item.tokenScores), "\(item.id): off by \(error / norm(item.tokenScores))")
        worst = max(worst, error / norm(item.tokenScores))
      }
      #expect(abs(own.attributionNorm - item.attributionNorm) <= bound * item.attributionNorm, "\(item.id): norm")
      #expect(abs(own.output - item.output) <= 1e-4 * max(1, abs(item.output)), "\(item.id): output")
      #expect((own.baselineOutput == nil) == (item.baselineOutput == nil), "\(item.id)")
      if let start = own.baselineOutput, let expected = item.baselineOutput {
        #expect(abs(start - expected) <= 1e-4 * max(1, abs(expected)), "\(item.id): F(x')")
      }
      if item.methodName == "attnlrp" {
        let kept = try #require(own.convergenceDelta)
        #expect(abs(own.attributionSum - own.output - kept) <= 1e-9 && own.deltaIsBiases)
      } else {
        #expect((own.convergenceDelta == nil) == (item.convergenceDelta == nil) && !own.deltaIsBiases)
      }
      if let delta = own.convergenceDelta, let expected = item.convergenceDelta {
        #expect(abs(delta - expected) <= 1e-4 * max(1, item.attributionNorm), "\(item.id): delta")
      }
    }
    #expect(2 * zeros < cases.count)
    print("\(folder) on \(backend.device.name): \(cases.count) cases, worst score \(worst) of the norm")
  }

  @Test(arguments: folders) func onTheCPU(folder: String) async throws {
    try await compare(folder, on: CPUBackend(), bound: 1e-4)
  }

  /// Some of the models of transformers compute norms and rotations in float32 even then.
  @Test(arguments: folders) func inFloat64(folder: String) async throws {
    try await compare(folder, inputs: ["short"], on: ReferenceBackend(), bound: 1e-5)
  }

  @Test(
    .enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all, folders)
  func onVulkan(device: VulkanTestDevice, folder: String) async throws {
    let backend = try device.backend()
    try await compare(folder, on: backend, bound: 1e-4)
    #expect(backend.messages?.all ?? [] == [])
  }

  /// A text's scores are its own, to the last bit, on a processor with AVX-512: alone, among others and among methods
  /// that ask for other sums of the same gradient.
  @Test(arguments: ["roberta-sequence-classification", "llama-sequence-classification"])
  func aloneAndAmongNeighbours(folder: String) async throws {
    let family = try FamilyFolder(folder)
    let tunnel = try NoiseTunnel(Saliency(id: "noisy"), kind: .varGrad, samples: 3, deviation: 0.2)
    let methods: [any AttributionMethod] = [
      Saliency(), Saliency(id: "sum", reduction: .sum), GradientTimesInput(), tunnel,
      LayerGradientTimesActivation(layer: .wordEmbeddings), AttnLRP(), DeepLIFT(baseline: .zero),
      try GradientSHAP(samples: BaselineSamples(count: 3, baselines: [.zero]), deviation: 0.1),
      ExpectedGradients(samples: BaselineSamples(count: 3, baselines: [.zero])),
      try SequentialIntegratedGradients(steps: 3, baseline: .zero),
      try InternalInfluence(steps: 3, baseline: .zero, layer: .encoder(1)),
    ]
    func scores(_ methods: [any AttributionMethod], _ inputs: [FamilyInput]) async throws -> [[[Float]]] {
      let model = try await AttributionModel(
        checkpoint: family.checkpoint, task: family.task, methods: methods, on: CPUBackend())
      return try await model.score(inputs.map { try model.input($0.text, pair: $0.pair) }).map {
        try $0.get().explanations.map(\.attributions)
      }
    }
    let together = try await scores(methods, family.inputs)
    #expect(together.joined().contains { $0.contains { $0 != 0 } })
    for (place, method) in methods.enumerated() {
      for (input, expected) in zip(family.inputs, together) {
        let alone = try #require(await scores([method], [input]).first?.first)
        let values = expected[place].map(Double.init)
        #expect(
          distance(alone.map(Double.init), values) <= (isExact ? 0 : 1e-4 * norm(values)), "\(method.id), \(input.name)"
        )
      }
    }
  }

  private var isExact: Bool {
    (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.contains("avx512f") ?? false
  }

  /// |Σ g| <= Σ |g|, and neither is affected by where a baseline would lie: special tokens have slopes too.
  @Test func sizesBoundSums() async throws {
    let family = try FamilyFolder("bert-multi-label")
    let methods = [Saliency(id: "absolute"), Saliency(id: "sum", reduction: .sum), Saliency(id: "l2", reduction: .l2)]
    let model = try await AttributionModel(
      checkpoint: family.checkpoint, task: family.task, methods: methods, on: CPUBackend())
    for scored in try await model.score(family.inputs.map { try model.input($0.text, pair: $0.pair) }) {
      let own = try scored.get().explanations
      for token in own[0].attributions.indices {
        let (absolute, sum) = (own[0].attributions[token], own[1].attributions[token])
        let length = own[2].attributions[token]
        #expect(abs(sum) <= absolute * 1.0001 && length <= absolute * 1.0001 && length > 0)
      }
      #expect(own.allSatisfy { $0.convergenceDelta == nil && $0.steps == 1 })
    }
  }
}
