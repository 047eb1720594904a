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
  func callAsFunction(_ x: ValueID, in plan: inout Plan) throws -> LayerValues {
    let qkv = try linear([names.query, names.key, names.value], x, in: &plan)
    let context = try context(qkv, in: &plan)
    let attention = try linear([names.attentionOutput], context, in: &plan)
    let attended = try norm(names.attentionNorm, attention, residual: x, in: &plan)
    let inner = try plan.linear(attended, name: names.intermediate, from: hiddenSize, to: feedForwardSize)
    let neurons = try plan.activation(activation, inner)
    let outer = try plan.linear(neurons, name: names.output, from: feedForwardSize, to: hiddenSize)
    let output = try norm(names.outputNorm, outer, residual: attended, in: &plan)
    return LayerValues(
      output: output, attention: attention, feedForward: outer, queriesKeysValues: qkv, context: context,
      neurons: neurons)
  }

  /// What attention gives every token [T x H].
  private func context(_ qkv: ValueID, in plan: inout Plan) throws -> ValueID {
    guard let positions else { return try plan.attention(qkv, heads: heads, scale: scale) }
    return try plan.disentangledAttention(qkv, positions: positions, heads: heads, scale: scale)
  }

  /// Linear layers of H outputs each, one after another.
  private func linear(_ names: [String], _ x: ValueID, in plan: inout Plan) throws -> ValueID {
    try plan.linear(
      x, weight: Parameter(names.map { "\($0).weight" }, shape: [names.count * hiddenSize, hiddenSize]),
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
  /// Runs the layers in order [T x H].
  ///
  /// - Parameter values: takes what each layer computes.
  mutating func encode(_ x: ValueID, layers: [EncoderLayer], values: inout ModelValues) throws -> ValueID {
    try layers.enumerated().reduce(x) { x, layer in
      values.add(try layer.element(x, in: &self), at: layer.offset)
    }
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
