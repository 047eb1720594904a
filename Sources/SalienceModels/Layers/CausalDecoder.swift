import SalienceTensors

/// A family of decoders: their parts, from which plans for attribution and for generation are made.
protocol CausalDecoder: Architecture {
  var layers: [PreNormLayer] { get }
  /// After the last layer.
  var finalNorm: Normalization { get }
  /// The token that fills up batches; nil where config.json names none.
  var paddingID: Int? { get }

  /// From ids to the first layer's rows [T x H].
  func embed(in plan: inout Plan, values: inout ModelValues) throws -> ValueID
}

extension CausalDecoder {
  public var isCausal: Bool { true }
  public var readsTypeIDs: Bool { false }
  public var layerCount: Int { layers.count }

  /// A sequence classifier reads the last token that is not padding, and the first where all are, as transformers'
  /// classifiers do.
  public func sequence(ids: [Int32], typeIDs: [Int32]) -> TokenSequence {
    let last = paddingID.map { padding in ids.lastIndex { Int($0) != padding } ?? 0 }
    return TokenSequence(
      wordIDs: ids, positionIDs: (0..<Int32(ids.count)).map { $0 }, typeIDs: Array(repeating: 0, count: ids.count),
      selectedRow: last ?? max(0, ids.count - 1))
  }

  public func body(in plan: inout Plan, values: inout ModelValues) throws -> ValueID {
    var x = try embed(in: &plan, values: &values)
    for (index, layer) in layers.enumerated() { x = values.add(try layer(x, in: &plan), at: index) }
    return try finalNorm(x, in: &plan)
  }

  public func decoder() throws -> DecoderProgram? {
    try requireHead(.causalLM)
    let (prefill, step) = (try prefill(), try step())
    return try DecoderProgram(prefill: prefill, step: step.plan, layers: step.layers)
  }

  /// The whole prompt, and what of it later tokens read; as attribution's plans, it reads one row of the last layer.
  private func prefill() throws -> Plan {
    var (plan, values) = (Plan(), ModelValues())
    var x = try embed(in: &plan, values: &values)
    var kept: [ValueID] = []
    for layer in layers {
      let result = try layer.keeping(x, in: &plan)
      x = result.output
      kept.append(result.keysValues)
    }
    let row = try plan.selectedRow(finalNorm(x, in: &plan))
    plan.result(try logits(.causalLM, of: row, in: &plan))
    for value in kept { plan.result(value) }
    plan = try plan.selectingRows(keeping: [])
    return try plan.slice(from: [], to: plan.outputs)
  }

  /// One token, with the weights of attribution's plans: the last layer's queries stand apart there.
  private func step() throws -> (plan: Plan, layers: [DecoderProgram.Layer]) {
    var (plan, values) = (Plan(), ModelValues())
    let caches = layers.map { plan.input(ValueShape(.tokens, 2 * $0.attention.width)) }
    var x = try plan.selectedRow(embed(in: &plan, values: &values))
    var result: [DecoderProgram.Layer] = []
    for (index, layer) in layers.enumerated() {
      let (output, row) = try layer.step(x, isSplit: index == layers.count - 1, cache: caches[index], in: &plan)
      x = output
      result.append(DecoderProgram.Layer(row: row, rows: caches[index]))
    }
    plan.result(try logits(.causalLM, of: finalNorm(x, in: &plan), in: &plan))
    return (plan, result)
  }
}
