import SalienceAttribution
import SalienceCPU
import Testing

/// Prompts of every length up to the last position and beyond, in one batch.
@Suite struct PromptLimitTests {
  private static let folders = FamilyFolder.names.filter { name in
    (try? FamilyFolder(name))?.head == "causal-lm"
  }
  /// What the fixtures' models take, and what is asked for.
  private static let (positions, newTokens) = (128, 6)

  /// A model whose numbers overflow has no continuation, short or long.
  @Test func logitsThatAreNotFiniteAreNoEndOfText() async throws {
    let changed = try ChangedCheckpoint("gpt2-causal-lm")
    try changed.fill("ln_f.weight", with: 3e38)
    let model = try await AttributionModel(
      checkpoint: try changed.checkpoint, task: FamilyFolder("gpt2-causal-lm").task, methods: [],
      on: CPUBackend(threads: 1))
    let result = try #require(try await model.score([try model.input("She wrote")]).first)
    let error = #expect(throws: AttributionError.self) { try result.get() }
    #expect(error?.code == .notFinite && error?.message == "the model's logits are not finite numbers")
  }

  @Test(arguments: folders) func everyPromptIsContinuedAsAlone(folder name: String) async throws {
    let folder = try FamilyFolder(name)
    var task = folder.task
    task.generation.maximumNewTokens = Self.newTokens
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, task: task,
      methods: [GradientTimesInput(id: "saliency"), GradientTimesInput(id: "p", output: .probability)],
      on: CPUBackend(threads: 1))
    let ends = try folder.checkpoint.endTokens
    var inputs: [TaskInput] = []
    for count in [1, 2, 60] + Array(Self.positions - 9...Self.positions + 2) + [300] {
      inputs.append(try model.input(String(repeating: "7", count: count)))
    }
    let lengths = inputs.compactMap { $0.windows.first?.count }
    #expect(lengths.max() == Self.positions && Set(lengths).count > Self.newTokens)
    // The shortest beside the longest first.
    let mixed = inputs.indices.sorted { ($0 % 3, $0) < ($1 % 3, $1) }
    let results = try await model.score(mixed.map { inputs[$0] })
    for (place, result) in zip(mixed, results) {
      let (scored, prompt) = (try result.get(), try #require(inputs[place].windows.first))
      let alone = try #require(await model.score([inputs[place]]).first).get()
      #expect(scored.decision.encoding.ids == alone.decision.encoding.ids, "\(lengths[place])")
      #expect(scored.decision.prediction.label == alone.decision.prediction.label)
      let generated = scored.decision.encoding.count - prompt.count
      let room = min(Self.newTokens, Self.positions - prompt.count + 1)
      let last = try #require(scored.decision.encoding.ids.last)
      #expect(generated == room || (generated < room && ends.contains(last)), "\(lengths[place])")
      #expect(scored.explanations.count == 2 * generated)
      for (own, other) in zip(scored.explanations, alone.explanations) {
        let scores = other.attributions.map(Double.init)
        #expect(distance(own.attributions.map(Double.init), scores) <= 1e-4 * norm(scores))
      }
    }
  }
}
