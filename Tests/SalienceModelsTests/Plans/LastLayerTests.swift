import SalienceModels
import SalienceTensors
import Testing

/// What passes over a model's plan make of its last layer, where one row of it is read.
@Suite struct LastLayerTests {
  private func architecture(_ folder: String) throws -> any Architecture {
    try ModelRegistry.architecture(for: FamilyFolder(folder).checkpoint.config)
  }

  /// Ops of a classifier from the first selected row on; activations are part of the products before them.
  private func tail(
    _ folder: String, _ spec: ProgramSpec = ProgramSpec(), savings: ExactSavings = .all
  ) throws -> [String] {
    let forward = try architecture(folder).program(.sequenceClassification, spec, savings: savings).forward
    return Array(forward.instructions.map(\.operation.name).drop { $0 != "selected_row" })
  }

  private static let afterNorm = ["linear", "layer_norm", "linear", "linear", "layer_norm", "linear", "linear"]
  private static let absorbed = ["head_projection_transposed", "attention_multi_query", "head_projection"]

  /// Norms after each sum: the selected row is the query's and the residual sum's.
  @Test func normsAfterSums() throws {
    let start = ["selected_row", "linear"]
    #expect(try tail("bert-multi-label") == start + Self.absorbed + Self.afterNorm)
    let kept = ["linear", "attention_selected"]
    #expect(
      try tail("bert-multi-label", savings: .all.subtracting(.absorbedKeysValues)) == start + kept + Self.afterNorm)
    // Cut at the last layer's input, keys and values are blended.
    #expect(try tail("bert-multi-label", ProgramSpec(layer: .encoder(0))) == start + kept + Self.afterNorm)
  }

  /// Norms before each part: the query's row is that of the normalised rows, the residual sum's that of the layer's input.
  @Test func normsBeforeParts() throws {
    let end = ["selected_row", "linear", "add", "layer_norm", "linear", "linear", "add", "layer_norm", "linear"]
    #expect(try tail("gpt2-sequence-classification") == ["selected_row", "linear"] + Self.absorbed + end)
  }

  /// Rotary positions are given to queries, and to keys and values, apart.
  @Test func rotaryPositions() throws {
    let start = ["selected_row", "linear", "rotary", "linear", "rotary", "attention_selected", "selected_row"]
    let end = ["linear", "add", "rms_norm", "linear", "gated_activation", "linear", "add", "rms_norm", "linear"]
    #expect(try tail("llama-sequence-classification") == start + end)
  }

  /// Norms of heads too.
  @Test func normsOfHeads() throws {
    let forward = try architecture("qwen3-sequence-classification").program(.sequenceClassification, ProgramSpec())
      .forward
    let tail = forward.instructions.drop { $0.operation.name != "selected_row" }
    let norms = tail.compactMap { $0.operation as? RMSNorm }.prefix(2)
    #expect(norms.map { Set($0.gamma.pieces).count } == [1, 1])
    #expect(norms.first?.gamma.pieces.first?.hasSuffix("q_norm.weight") == true)
    #expect(norms.last?.gamma.pieces.first?.hasSuffix("k_norm.weight") == true)
  }

  /// Attention whose scores depend on positions answers every row, and one of them is read.
  @Test func relativePositions() throws {
    #expect(
      try tail("deberta-v2-sequence-classification")
        == ["selected_row", "linear", "attention_disentangled", "selected_row"] + Self.afterNorm)
  }

  /// Where the last layer's output is wanted whole, its rows are computed.
  @Test(arguments: [
    ProgramSpec(layer: .encoder(1)), ProgramSpec(taps: [.layer(1)]), ProgramSpec(taps: [.attention(1)]),
  ])
  func everyRow(spec: ProgramSpec) throws {
    #expect(try tail("bert-multi-label", spec) == ["selected_row", "linear", "linear"])
    let taps = try architecture("bert-multi-label").program(.sequenceClassification, spec).forward.outputs.dropFirst()
    #expect(taps.count == spec.taps.count)
  }

  /// A tap of a layer before the last, or a readout of every row, leaves the last layer as it is.
  @Test func otherRows() throws {
    #expect(try tail("bert-multi-label", ProgramSpec(taps: [.layer(0)])) == tail("bert-multi-label"))
    #expect(try tail("bert-multi-label", ProgramSpec(readout: .mean)).isEmpty)
    #expect(try tail("bert-multi-label", ProgramSpec(output: .softmax)) == tail("bert-multi-label") + ["softmax"])
  }

  /// What generates has the weights, and the last layer, of what is explained.
  @Test(arguments: ["gpt2-causal-lm", "llama-causal-lm", "qwen3-causal-lm", "gemma-causal-lm"])
  func decoders(folder: String) throws {
    let architecture = try architecture(folder)
    let decoder = try #require(try architecture.decoder())
    let program = try architecture.program(
      .causalLM, ProgramSpec(rules: nil), savings: .all.subtracting(.absorbedKeysValues))
    #expect(Set(decoder.prefill.parameters) == Set(program.parameters))
    #expect(Set(decoder.step.parameters) == Set(program.parameters))
    let own = decoder.prefill.instructions.map(\.operation).filter { !($0 is Columns) }
    let whole = (program.prefix.instructions + program.forward.instructions).map(\.operation)
    #expect(own.map(\.name) == whole.map(\.name))
    #expect(decoder.prefill.instructions.count(where: { $0.operation is Columns }) == architecture.layerCount - 1)
  }
}
