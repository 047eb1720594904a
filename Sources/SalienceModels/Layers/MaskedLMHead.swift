import SalienceTensors

/// The usual masked language model on a row: linear, activation, layer norm, and a product with the word table.
struct MaskedLMHead {
  /// A linear layer and a layer norm, whose tensor names end in `.weight` and `.bias`.
  let dense, norm: String
  /// H, and the width of the word table's rows.
  let hiddenSize, width: Int
  let activation: ActivationFunction
  let epsilon: Float
  /// [V x width]: the word table itself where the weights are tied.
  let decoder: Parameter
  /// [V].
  let bias: Parameter

  /// [R x H] to [R x V].
  func callAsFunction(_ hidden: ValueID, in plan: inout Plan) throws -> ValueID {
    let inner = try plan.activation(activation, plan.linear(hidden, name: dense, from: hiddenSize, to: width))
    return try plan.linear(
      plan.layerNorm(inner, name: norm, width: width, epsilon: epsilon), weight: decoder, bias: bias)
  }
}
