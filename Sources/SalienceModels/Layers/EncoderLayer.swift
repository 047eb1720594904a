import SalienceTensors

/// A transformer encoder layer that normalises after each residual sum (arXiv 1706.03762, 1810.04805).
struct EncoderLayer {
  /// A linear layer's tensor names end in `.weight` and `.bias`, a layer norm's too.
  struct Names {
    let query, key, value, attentionOutput, attentionNorm, intermediate, output, outputNorm: String
  }

  let names: Names
  /// H, A and F.
  let hiddenSize, heads, feedForwardSize: Int
  let activation: ActivationFunction
  let epsilon: Float
  /// What the distance of two tokens adds to their score.
  var positions: RelativePositions?
  /// Terms of a score, by whose number the head's size is multiplied for the scale.
  var scoreTerms = 1

  private var scale: Float { 1 / Float(hiddenSize / heads * scoreTerms).squareRoot() }

  /// [T x H] to [T x H].
  func callAsFunction(_ x: ValueID, in plan: inout Plan) throws -> ValueID {
    try finish(context(x, in: &plan), residual: x, in: &plan)
  }

  /// [T x H] to the selected row of each sequence [B x H]; no other row is computed after K and V, or, where
  /// positions add to scores, after attention.
  ///
  /// - Parameter absorbsKeysValues: do without K and V, where no positions add to scores.
  func selectedRow(_ x: ValueID, absorbsKeysValues: Bool, in plan: inout Plan) throws -> ValueID {
    let first = try plan.selectedRow(x)
    if positions != nil { return try finish(plan.selectedRow(context(x, in: &plan)), residual: first, in: &plan) }
    let query = try linear([names.query], first, in: &plan)
    if absorbsKeysValues {
      let context = try plan.absorbedAttention(
        query: query, rows: x, key: weights([names.key]), value: weights([names.value]), heads: heads, scale: scale)
      return try finish(context, residual: first, in: &plan)
    }
    let keysValues = try linear([names.key, names.value], x, in: &plan)
    let context = try plan.selectedRowAttention(query: query, keysValues: keysValues, heads: heads, scale: scale)
    return try finish(context, residual: first, in: &plan)
  }

  /// What attention gives every token [T x H].
  private func context(_ x: ValueID, in plan: inout Plan) throws -> ValueID {
    let qkv = try linear([names.query, names.key, names.value], x, in: &plan)
    guard let positions else { return try plan.attention(qkv, heads: heads, scale: scale) }
    return try plan.disentangledAttention(qkv, positions: positions, heads: heads, scale: scale)
  }

  private func finish(_ context: ValueID, residual: ValueID, in plan: inout Plan) throws -> ValueID {
    let attended = try norm(
      names.attentionNorm, linear([names.attentionOutput], context, in: &plan), residual: residual, in: &plan)
    let inner = try plan.linear(attended, name: names.intermediate, from: hiddenSize, to: feedForwardSize)
    let outer = try plan.linear(
      plan.activation(activation, inner), name: names.output, from: feedForwardSize, to: hiddenSize)
    return try norm(names.outputNorm, outer, residual: attended, in: &plan)
  }

  private func linear(_ names: [String], _ x: ValueID, in plan: inout Plan) throws -> ValueID {
    try weights(names)(x, in: &plan)
  }

  /// Linear layers of H outputs each, one after another.
  private func weights(_ names: [String]) -> LinearWeights {
    LinearWeights(
      weight: Parameter(names.map { "\($0).weight" }, shape: [names.count * hiddenSize, hiddenSize]),
      bias: Parameter(names.map { "\($0).bias" }, shape: [names.count * hiddenSize]))
  }

  private func norm(_ name: String, _ x: ValueID, residual: ValueID, in plan: inout Plan) throws -> ValueID {
    try plan.layerNorm(x, residual: residual, name: name, width: hiddenSize, epsilon: epsilon)
  }
}

extension EncoderLayer.Names {
  /// The names that BERT and the families after its model use inside a layer.
  init(bertLayer layer: String) {
    self.init(
      query: "\(layer).attention.self.query", key: "\(layer).attention.self.key",
      value: "\(layer).attention.self.value", attentionOutput: "\(layer).attention.output.dense",
      attentionNorm: "\(layer).attention.output.LayerNorm", intermediate: "\(layer).intermediate.dense",
      output: "\(layer).output.dense", outputNorm: "\(layer).output.LayerNorm")
  }
}

extension Plan {
  /// Runs the layers in order: to every row [T x H], or to each sequence's selected one [B x H].
  ///
  /// - Parameter points: takes the output of each layer that has all its rows.
  mutating func encode(
    _ x: ValueID, layers: [EncoderLayer], rows: HiddenRows, points: inout [AttributionLayer: ValueID]
  ) throws -> ValueID {
    var x = x
    for (index, layer) in layers.enumerated() {
      if index == layers.count - 1, case .selected(let absorbsKeysValues) = rows {
        return try layer.selectedRow(x, absorbsKeysValues: absorbsKeysValues, in: &self)
      }
      x = try layer(x, in: &self)
      points[.encoder(index)] = x
    }
    return x
  }

  /// A linear layer by its name in the checkpoint.
  mutating func linear(_ x: ValueID, name: String, from input: Int, to output: Int) throws -> ValueID {
    try linear(
      x, weight: Parameter("\(name).weight", shape: [output, input]), bias: Parameter("\(name).bias", shape: [output]))
  }

  /// A layer norm by its name in the checkpoint.
  mutating func layerNorm(
    _ x: ValueID, residual: ValueID? = nil, name: String, width: Int, epsilon: Float
  ) throws -> ValueID {
    try layerNorm(
      x, residual: residual, gamma: Parameter("\(name).weight", shape: [width]),
      beta: Parameter("\(name).bias", shape: [width]), epsilon: epsilon)
  }
}
