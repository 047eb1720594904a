import SalienceTensors

/// A transformer layer that normalises before attention and before the feed-forward part, and adds each part's result
/// to what went in (Radford and others 2019, arXiv 2302.13971).
struct PreNormLayer {
  let attentionNorm: Normalization
  let attention: SelfAttention
  let feedForwardNorm: Normalization
  let feedForward: FeedForward

  /// [T x H] to [T x H].
  func callAsFunction(_ x: ValueID, in plan: inout Plan) throws -> LayerValues {
    let qkv = try attention.projection(.all, attentionNorm(x, in: &plan), in: &plan)
    let context = try attention.context(qkv, in: &plan)
    let values = try finish(context, residual: x, in: &plan)
    return LayerValues(
      output: values.output, attention: values.attention, feedForward: values.feedForward, queriesKeysValues: qkv,
      context: context, neurons: values.neurons)
  }

  /// The same, and each token's keys and values [T x 2W], as attention reads them.
  func keeping(_ x: ValueID, in plan: inout Plan) throws -> (output: ValueID, keysValues: ValueID) {
    let qkv = try attention.projection(.all, attentionNorm(x, in: &plan), in: &plan)
    let keysValues = try plan.columns(qkv, attention.width..<3 * attention.width)
    return (try finish(attention.context(qkv, in: &plan), residual: x, in: &plan).output, keysValues)
  }

  /// The last token's row [B x H] to the same [B x H], over the keys and values of all tokens.
  ///
  /// - Parameters:
  ///   - isSplit: whether keys and values have a weight apart from the queries', as where one row is read of the layer.
  ///   - cache: keys and values of every token [T x 2W]; the last token's own stand there before they are read.
  /// - Returns: also the last token's keys and values [B x 2W].
  func step(
    _ x: ValueID, isSplit: Bool, cache: ValueID, in plan: inout Plan
  ) throws -> (output: ValueID, keysValues: ValueID) {
    let normalized = try attentionNorm(x, in: &plan)
    let query: ValueID
    let keysValues: ValueID
    if isSplit {
      query = try attention.projection(.query, normalized, in: &plan)
      keysValues = try attention.projection([.key, .value], normalized, in: &plan)
    } else {
      let qkv = try attention.projection(.all, normalized, in: &plan)
      query = try plan.columns(qkv, 0..<attention.width)
      keysValues = try plan.columns(qkv, attention.width..<3 * attention.width)
    }
    let context = try attention.context(query: query, keysValues: cache, in: &plan)
    return (try finish(context, residual: x, in: &plan).output, keysValues)
  }

  private func finish(
    _ context: ValueID, residual: ValueID, in plan: inout Plan
  ) throws -> (output: ValueID, attention: ValueID, feedForward: ValueID, neurons: ValueID) {
    let attentionOutput = try attention.output(context, in: &plan)
    let attended = try plan.add(attentionOutput, residual)
    let inner = try feedForward(feedForwardNorm(attended, in: &plan), in: &plan)
    return (try plan.add(inner.output, attended), attentionOutput, inner.output, inner.neurons)
  }
}

/// A linear layer's weights.
struct LinearWeights {
  let weight: Parameter
  let bias: Parameter?

  func callAsFunction(_ x: ValueID, in plan: inout Plan) throws -> ValueID {
    try plan.linear(x, weight: weight, bias: bias)
  }
}

/// A norm over each row, or none.
enum Normalization {
  case identity
  case layerNorm(gamma: Parameter, beta: Parameter?, epsilon: Float)
  case rmsNorm(gamma: Parameter, epsilon: Float)

  func callAsFunction(_ x: ValueID, in plan: inout Plan) throws -> ValueID {
    switch self {
    case .identity: x
    case .layerNorm(let gamma, let beta, let epsilon):
      try plan.layerNorm(x, gamma: gamma, beta: beta, epsilon: epsilon)
    case .rmsNorm(let gamma, let epsilon): try plan.rmsNorm(x, gamma: gamma, epsilon: epsilon)
    }
  }
}

/// Two linear layers with a nonlinearity between them.
enum FeedForward {
  case plain(LinearWeights, ActivationFunction, LinearWeights)
  /// f(gate) times up, both of which the first weights give side by side (arXiv 2002.05202).
  case gated(LinearWeights, ActivationFunction, LinearWeights)

  /// [R x H] to the same, and what the second linear layer reads [R x F].
  func callAsFunction(_ x: ValueID, in plan: inout Plan) throws -> (output: ValueID, neurons: ValueID) {
    switch self {
    case .plain(let up, let function, let down):
      let neurons = try plan.activation(function, up(x, in: &plan))
      return (try down(neurons, in: &plan), neurons)
    case .gated(let gateAndUp, let function, let down):
      let neurons = try plan.gatedActivation(function, gateAndUp(x, in: &plan))
      return (try down(neurons, in: &plan), neurons)
    }
  }
}
