import SalienceAttribution
import SalienceCPU
import SalienceJSON
import SalienceTestSupport
import Testing

/// Metrics of explanations are those of ferret, Captum and SciPy, and an example's own.
///
/// One model after another, so that few are in memory together.
@Suite(.serialized) struct FaithfulnessTests {
  @Test func everyHeadHasReferences() {
    #expect(FaithfulnessReference.folders.count == 9 && FaithfulnessReference.all.count == 26)
    #expect(FaithfulnessReference.all.count { $0.rationale != nil } > 10)
  }

  @Test(arguments: FaithfulnessReference.folders) func references(folder: String) async throws {
    try await FaithfulnessReference.check(folder, on: CPUBackend())
  }

  @Test(
    .enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all,
    ["electra-sequence-classification", "bert-question-answering"])
  func referencesOnVulkan(device: VulkanTestDevice, folder: String) async throws {
    let backend = try device.backend()
    try await FaithfulnessReference.check(folder, on: backend)
    #expect(backend.messages?.all ?? [] == [])
  }

  @Test func correlationsAreSciPys() throws {
    let cases = try #require(FaithfulnessReference.file?["correlations"]?.arrayValue)
    #expect(cases.count == 7)
    for json in cases {
      let (a, b) = (try numbers(json["a"]), try numbers(json["b"]))
      for (own, expected) in [
        (RankCorrelation.kendall(a, b), json["kendall"]?.doubleValue),
        (RankCorrelation.spearman(a, b), json["spearman"]?.doubleValue),
      ] {
        #expect((own == nil) == (expected == nil), "\(a), \(b)")
        #expect(abs((own ?? 0) - (expected ?? 0)) < 1e-8, "\(a), \(b)")
      }
    }
  }

  /// A method's scores under random weights are those of transformers with the same random numbers.
  @Test(arguments: ["electra-sequence-classification", "gpt2-sequence-classification"])
  func randomWeights(folder name: String) async throws {
    let folder = try FamilyFolder(name)
    let references = try #require(FaithfulnessReference.file?["random_weights"]?.arrayValue)
      .filter { $0["folder"]?.stringValue == name }
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint,
      methods: [GradientTimesInput(id: "gradient", reduction: .sum, layer: .embeddings), RandomAttribution()],
      faithfulness: Faithfulness([.randomWeightsTau]), on: CPUBackend())
    #expect(model.isLoadedTwice && references.count > 1)
    for reference in references {
      let input = try folder.input(try #require(reference["input"]?.stringValue))
      let scored = try #require(try await model.score([model.input(input.text, pair: input.pair)]).first).get()
      let taus = scored.explanations.map { $0.metrics.map(\.value) }
      let expected = try #require(reference["tau"]?.doubleValue)
      #expect(taus.count == 2 && taus.allSatisfy { $0.count == 1 })
      // Float32 may swap two scores that are nearly equal.
      #expect(abs((taus[0][0] ?? .nan) - expected) < 0.02, "\(name)/\(input.name): \(taus) for \(expected)")
      #expect(taus[1] == [1], "random scores know nothing of the weights")
    }
  }

  private static let methods: [any AttributionMethod] = [
    GradientTimesInput(id: "sum", reduction: .sum, layer: .embeddings), GradientTimesInput(id: "length"),
    RandomAttribution(),
  ]

  private func model(
    _ folder: FamilyFolder, on device: VulkanTestDevice? = nil, tokenBudget: Int = 512
  ) async throws -> AttributionModel {
    if let device {
      return try await AttributionModel(
        checkpoint: folder.checkpoint, methods: Self.methods, faithfulness: Faithfulness(), on: device.backend())
    }
    return try await AttributionModel(
      checkpoint: folder.checkpoint, methods: Self.methods, faithfulness: Faithfulness(),
      on: CPUBackend(tokenBudget: tokenBudget))
  }

  private func metrics(_ model: AttributionModel, _ inputs: [FamilyInput]) async throws -> [[[MetricValue]]] {
    try await model.score(inputs.map { try model.input($0.text, pair: $0.pair) }).map {
      try $0.get().explanations.map(\.metrics)
    }
  }

  private func expectIndependence(_ folder: FamilyFolder, on device: VulkanTestDevice? = nil) async throws {
    let model = try await model(folder, on: device)
    let together = try await metrics(model, folder.inputs)
    #expect(together.allSatisfy { $0.count == 3 && $0.allSatisfy { !$0.isEmpty } })
    #expect(try await metrics(model, folder.inputs.reversed()).reversed() == together, "in reverse")
    for (input, expected) in zip(folder.inputs, together) {
      #expect(try await metrics(model, [input]) == [expected], "\(input.name) alone")
    }
    if device == nil {
      #expect(try await metrics(self.model(folder, tokenBudget: 64), folder.inputs) == together, "smaller batches")
    }
  }

  @Test(
    .enabled(if: IndependenceTests.isBitExact, "scores are bit-identical with AVX-512 alone"),
    arguments: ["electra-sequence-classification", "gpt2-sequence-classification"])
  func neighboursDoNotMatter(folder: String) async throws { try await expectIndependence(FamilyFolder(folder)) }

  @Test(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all)
  func neighboursDoNotMatterOnVulkan(device: VulkanTestDevice) async throws {
    try await expectIndependence(FamilyFolder("electra-sequence-classification"), on: device)
  }

  /// What is measured changes no score, and what is not asked for is not measured.
  @Test func explanationsStayAsTheyAre() async throws {
    let folder = try FamilyFolder("electra-sequence-classification")
    let inputs = folder.inputs
    func explanations(_ faithfulness: Faithfulness?) async throws -> [Explanation] {
      let model = try await AttributionModel(
        checkpoint: folder.checkpoint, methods: Self.methods, faithfulness: faithfulness, on: CPUBackend())
      return try await model.score(inputs.map { try model.input($0.text, pair: $0.pair) }).flatMap {
        try $0.get().explanations
      }
    }
    let (plain, measured) = (try await explanations(nil), try await explanations(Faithfulness([.sufficiency])))
    #expect(plain.map(\.attributions) == measured.map(\.attributions) && plain.map(\.output) == measured.map(\.output))
    #expect(plain.allSatisfy { $0.metrics.isEmpty })
    #expect(measured.allSatisfy { Set($0.metrics.map(\.metric)) == [.sufficiency] })
    let agreement = try await explanations(Faithfulness([.agreementTau]))
    #expect(agreement.map(\.metrics.count) == inputs.flatMap { _ in [2, 1, 0] })
  }

  @Test func equalScoresHaveEqualMetrics() async throws {
    let folder = try FamilyFolder("roberta-sequence-classification")
    let scores: @Sendable (Subject) -> [Float] = { subject in
      subject.encoding.ids.map { Float(Int($0) * 7919 % 201 - 100) / 100 }
    }
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint,
      methods: [GivenScores(id: "a", scores: scores), GivenScores(id: "b", scores: scores)],
      faithfulness: Faithfulness(), on: CPUBackend())
    let own = folder.inputs.filter { $0.name != "empty" }
    for scored in try await model.score(own.map { try model.input($0.text, pair: $0.pair) }) {
      let explanations = try scored.get().explanations
      let (a, b) = (explanations[0].metrics, explanations[1].metrics)
      #expect(a.filter { $0.otherMethod == nil } == b && !b.isEmpty)
      #expect(a.filter { $0.otherMethod == "b" }.map(\.value) == [1, 1])
    }
  }
}
