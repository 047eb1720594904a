import SalienceTensors

/// What an op of a plan is expected to ask of a device, counted by hand.
struct OpFacts {
  let operation: any Operation
  let inputs: [ValueShape]
  let outputs: [ValueShape?]
  let flops: Int
  let elements: Int

  /// Name of the op's type.
  var type: String { "\(Swift.type(of: operation))" }

  /// Two sequences, of 3 and 5 tokens, which select their second and their last token: T is 8, B is 2.
  static let batch = PackedBatch(
    [(3, 1), (5, 4)].map { length, row in
      let ids = (0..<length).map { Int32($0) }
      return TokenSequence(
        wordIDs: ids, positionIDs: ids, typeIDs: [Int32](repeating: 0, count: length), selectedRow: row)
    })

  /// The ops of a plan and its gradient, each of them with the counts that stand under its name; others are left out.
  private static func facts(
    _ input: ValueShape, _ counts: [String: (flops: Int, elements: Int)], by rule: any GradientRule = ExactGradient(),
    _ body: (inout Plan, ValueID) throws -> ValueID
  ) throws -> [OpFacts] {
    var plan = Plan()
    let x = plan.input(input)
    plan.result(try body(&plan, x))
    let whole = try plan.differentiated(by: rule).plan
    return whole.instructions.compactMap { instruction in
      counts[instruction.operation.name].map { count in
        OpFacts(
          operation: instruction.operation, inputs: instruction.inputs.map(whole.shape(of:)),
          outputs: instruction.outputs.map { $0.map(whole.shape(of:)) }, flops: count.flops,
          elements: count.elements)
      }
    }
  }

  /// Every type of op; rows of 8 elements unless it says otherwise.
  static func all() throws -> [OpFacts] {
    try tables() + elementwise() + norms() + rows() + products() + attention() + selectedRowAttention()
      + multiQueryAttention() + multipliers()
  }

  /// Ops between partner sequences: dy, both operands, what was saved of them, and dx.
  private static func multipliers() throws -> [OpFacts] {
    let (tokens, joined, gamma) = (ValueShape(.tokens, 8), ValueShape(.tokens, 24), Parameter("gamma", shape: [8]))
    let tables = RelativePositions(
      longest: 5, keys: Parameter("keys", shape: [9, 8]), queries: Parameter("queries", shape: [9, 8]))
    // As in `attention`: both scores, dP, dV, dQ and dK, and three more for each table.
    let (all, causal) = (3 * 3 + 5 * 5, (1 + 2 + 3) + (1 + 2 + 3 + 4 + 5))
    func attention(pairs: Int, products: Int) -> [String: (flops: Int, elements: Int)] {
      ["attention_multiplier": (2 * products * pairs * 8, 64 + 3 * 192 + 2 * 16)]
    }
    let rule = RescaleGradient()
    return try [
      facts(tokens, ["activation_multiplier": (0, 4 * 64), "partner_rows": (0, 2 * 64)], by: rule) {
        try $0.activation(.gelu, $1)
      },
      facts(ValueShape(.tokens, 16), ["gated_activation_multiplier": (0, 64 + 3 * 128)], by: rule) {
        try $0.gatedActivation(.silu, $1)
      },
      facts(tokens, ["norm_multiplier": (0, 4 * 64 + 2 * 8 + 8)], by: rule) {
        try $0.layerNorm($1, gamma: gamma, beta: nil, epsilon: 1e-5)
      },
      facts(tokens, ["norm_multiplier": (0, 4 * 64 + 2 * 16 + 8)], by: rule) {
        try $0.rmsNorm($1, gamma: gamma, groupSize: 4, epsilon: 1e-5)
      },
      facts(joined, attention(pairs: all, products: 6), by: rule) { try $0.attention($1, heads: 2, scale: 0.5) },
      facts(joined, attention(pairs: causal, products: 6), by: rule) {
        try $0.attention($1, heads: 2, scale: 0.5, window: .causal)
      },
      facts(joined, attention(pairs: all, products: 12), by: rule) {
        try $0.disentangledAttention($1, positions: tables, heads: 2, scale: 0.5)
      },
      facts(tokens, ["softmax_multiplier": (0, 4 * 64)], by: rule) { try $0.softmax($1) },
      facts(tokens, ["token_softmax_multiplier": (0, 4 * 64)], by: rule) { try $0.tokenSoftmax($1) },
    ].flatMap { $0 }
  }

  private static func tables() throws -> [OpFacts] {
    let tokens = ValueShape(.tokens, 8)
    let rotary = RotaryEmbedding(heads: 2, keyHeads: 1, headSize: 4, frequencies: [1, 0.5])
    return try [
      // A row of each table and one of the sum, and two ids, per token.
      facts(tokens, ["embedding": (0, 3 * 64 + 2 * 8), "multiply": (0, 3 * 64)]) { plan, x in
        let terms = [
          EmbeddingTerm(Parameter("words", shape: [11, 8]), .wordIDs),
          EmbeddingTerm(Parameter("positions", shape: [9, 8]), .positionIDs),
        ]
        return try plan.multiply(x, plan.embedding(terms))
      },
      // 8 of 24 columns are read and written.
      facts(tokens, ["columns": (0, 2 * 64)]) { plan, x in
        let table = try plan.embedding(EmbeddingTerm(Parameter("words", shape: [11, 24]), .wordIDs))
        return try plan.multiply(x, plan.columns(table, 8..<16))
      },
      // Four heads of 4 become six; a cosine and a sine for each of two frequencies.
      facts(ValueShape(.tokens, 16), ["rotary": (0, 8 * (16 + 24 + 4)), "rotary_backward": (0, 8 * (16 + 24 + 4))]) {
        try $0.rotary($1, rotary)
      },
    ].flatMap { $0 }
  }

  private static func elementwise() throws -> [OpFacts] {
    let tokens = ValueShape(.tokens, 8)
    return try [
      facts(tokens, ["add": (0, 3 * 64)]) { try $0.add($0.activation(.gelu, $1), $1) },
      // The result and the derivative.
      facts(tokens, ["activation": (0, 3 * 64)]) { try $0.activation(.gelu, $1) },
      facts(tokens, ["sigmoid": (0, 3 * 64)]) { try $0.sigmoid($1) },
      facts(tokens, ["column_scaling": (0, 2 * 64)]) { try $0.scaleColumns($1, by: [0.25, 0.5]) },
      // dy, x, f(x) and dx.
      facts(tokens, ["activation_ratio": (0, 4 * 64)]) { plan, x in
        let table = try plan.embedding(EmbeddingTerm(Parameter("words", shape: [11, 8]), .wordIDs))
        let value = try plan.activation(.gelu, table)
        return try plan.multiply(x, plan.activationRatio(table, x: table, value: value, of: .gelu))
      },
      // Rows of 16 become rows of 8; back with dy, x and dx.
      facts(ValueShape(.tokens, 16), ["gated_activation": (0, 3 * 64), "gated_activation_backward": (0, 5 * 64)]) {
        try $0.gatedActivation(.silu, $1)
      },
      facts(tokens, ["softmax": (0, 2 * 64), "softmax_backward": (0, 3 * 64)]) { try $0.softmax($1) },
      facts(tokens, ["log_softmax": (0, 2 * 64), "log_softmax_backward": (0, 3 * 64)]) { try $0.logSoftmax($1) },
      facts(tokens, ["token_softmax": (0, 2 * 64), "token_softmax_backward": (0, 3 * 64)]) {
        try $0.tokenSoftmax($1)
      },
    ].flatMap { $0 }
  }

  private static func norms() throws -> [OpFacts] {
    let tokens = ValueShape(.tokens, 8)
    let (gamma, beta) = (Parameter("gamma", shape: [8]), Parameter("beta", shape: [8]))
    return try [
      // x, the residual, y and the normalised rows; one deviation per row; γ and β. Back: dy, those rows and dx.
      facts(tokens, ["layer_norm": (0, 4 * 64 + 8 + 8 + 8), "layer_norm_backward": (0, 3 * 64 + 8 + 8)]) {
        try $0.layerNorm($1, residual: $0.activation(.gelu, $1), gamma: gamma, beta: beta, epsilon: 1e-5)
      },
      // x, the residual, y and the sum; two groups per row; γ. Back: dy, the sum and dx.
      facts(tokens, ["rms_norm": (0, 4 * 64 + 16 + 8), "rms_norm_backward": (0, 3 * 64 + 16 + 8)]) {
        try $0.rmsNorm($1, residual: $0.activation(.gelu, $1), gamma: gamma, groupSize: 4, epsilon: 1e-5)
      },
    ].flatMap { $0 }
  }

  private static func rows() throws -> [OpFacts] {
    let tokens = ValueShape(.tokens, 8)
    return try [
      // One row per sequence; the gradient is written for every token.
      facts(tokens, ["selected_row": (0, 2 * 16), "selected_row_backward": (0, 16 + 64)]) { try $0.selectedRow($1) },
      facts(tokens, ["mean_row": (0, 64 + 16), "mean_row_backward": (0, 16 + 64)]) { try $0.meanRow($1) },
      // The tokens that the maxima are from, too.
      facts(tokens, ["maximum_row": (0, 64 + 2 * 16), "maximum_row_backward": (0, 2 * 16 + 64)]) {
        try $0.maximumRow($1)
      },
    ].flatMap { $0 }
  }

  private static func products() throws -> [OpFacts] {
    let (tokens, sequences) = (ValueShape(.tokens, 8), ValueShape(.sequences, 8))
    let (weight, bias) = (Parameter("w", shape: [4, 8]), Parameter("b", shape: [4]))
    let (square, heads) = (Parameter("square", shape: [8, 8]), Parameter("heads", shape: [8, 6]))
    // 8 rows times 4 x 8, a multiplication and an addition each; two heads of 4 from 6 columns each, for two rows.
    let (product, projection) = (2 * 8 * 4 * 8, 2 * 2 * (2 * 4 * 6))
    return try [
      facts(tokens, ["linear": (product, 64 + 32 + 32 + 4), "linear_backward": (product, 32 + 64 + 32)]) {
        try $0.linear($1, weight: weight, bias: bias)
      },
      // Two rows alone.
      facts(sequences, ["linear": (product / 4, 16 + 8 + 32), "linear_backward": (product / 4, 8 + 16 + 32)]) {
        try $0.linear($1, weight: weight, bias: nil)
      },
      // The other side of a sum and of a product is read too.
      facts(tokens, ["linear_backward": (2 * product, 3 * 64 + 64)]) {
        try $0.add($1, $0.linear($1, weight: square, bias: nil))
      },
      facts(tokens, ["linear_backward": (2 * product, 3 * 64 + 64)]) {
        try $0.linear($0.activation(.gelu, $1), weight: square, bias: nil)
      },
      facts(
        ValueShape(.sequences, 12),
        [
          "head_projection": (projection, 24 + 16 + 48 + 8), "head_projection_transposed": (projection, 16 + 24 + 48),
        ]
      ) { try $0.headProjection($1, weight: heads, bias: Parameter("b", shape: [8]), heads: 2) },
    ].flatMap { $0 }
  }

  private static func attention() throws -> [OpFacts] {
    let joined = ValueShape(.tokens, 24)
    // A query of the first sequence sees 3 keys and one of the second 5; of those in front, 1 to 3 and 1 to 5.
    let (all, causal) = (3 * 3 + 5 * 5, (1 + 2 + 3) + (1 + 2 + 3 + 4 + 5))
    let tables = RelativePositions(
      longest: 5, keys: Parameter("keys", shape: [9, 8]), queries: Parameter("queries", shape: [9, 8]))
    typealias Counts = [String: (flops: Int, elements: Int)]
    /// Q, K and V, the context and a number per head of each token; back with both gradients.
    func counts(_ name: String, pairs: Int, products: Int, ofGradient: Int) -> Counts {
      [
        name: (2 * products * pairs * 8, 192 + 64 + 16),
        "\(name)_backward": (2 * ofGradient * pairs * 8, 192 + 64 + 16 + 64 + 192),
      ]
    }
    return try [
      facts(joined, counts("attention", pairs: all, products: 2, ofGradient: 5)) {
        try $0.attention($1, heads: 2, scale: 0.5)
      },
      facts(joined, counts("attention", pairs: causal, products: 2, ofGradient: 5)) {
        try $0.attention($1, heads: 2, scale: 0.5, window: .causal)
      },
      // One more product for each table, and two more of the gradient.
      facts(joined, counts("attention_disentangled", pairs: all, products: 4, ofGradient: 9)) {
        try $0.disentangledAttention($1, positions: tables, heads: 2, scale: 0.5)
      },
    ].flatMap { $0 }
  }

  /// Windows, and the keys that both queries see: 3 and 5, or 2 and 5 for the second token of the first sequence.
  private static let selections: [(window: AttentionWindow, keys: Int)] = [(.everything, 3 + 5), (.causal, 2 + 5)]

  private static func selectedRowAttention() throws -> [OpFacts] {
    var result: [OpFacts] = []
    for (window, keys) in selections {
      // The query, K and V, the context and probabilities; back with three gradients.
      result += try facts(
        ValueShape(.tokens, 8),
        [
          "attention_selected": (2 * 2 * keys * 8, 16 + 128 + 16 + 16),
          "attention_selected_backward": (4 * 2 * keys * 8, 16 + 128 + 16 + 16 + 16 + 128),
        ]
      ) { plan, x in
        let keysValues = try plan.linear(x, weight: Parameter("kv", shape: [16, 8]), bias: nil)
        return try plan.selectedRowAttention(
          query: plan.selectedRow(x), keysValues: keysValues, heads: 2, scale: 0.5, window: window)
      }
    }
    return result
  }

  private static func multiQueryAttention() throws -> [OpFacts] {
    var result: [OpFacts] = []
    for (window, keys) in selections {
      // Two heads of 8 share the rows: queries, rows, means and probabilities; back with three gradients.
      result += try facts(
        ValueShape(.tokens, 8),
        [
          "attention_multi_query": (2 * 2 * keys * 16, 32 + 64 + 32 + 16),
          "attention_multi_query_backward": (4 * 2 * keys * 16, 32 + 64 + 16 + 32 + 32 + 64),
        ]
      ) { plan, x in
        let queries = try plan.linear(plan.selectedRow(x), weight: Parameter("q", shape: [16, 8]), bias: nil)
        return try plan.multiQueryAttention(queries: queries, rows: x, heads: 2, scale: 0.5, window: window)
      }
    }
    return result
  }
}
