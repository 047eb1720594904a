// Each call by the name of its op, with the work that its operands' shapes ask for.

extension ProfiledKernels: EmbeddingKernels, LinearKernels, ActivationKernels, ElementwiseKernels {
  package func embedding(_ terms: [EmbeddingTerm], output: Handle) throws {
    try measure("embedding", KernelWork(elements: (terms.count + 1) * elements(output) + terms.count * tokenCount)) {
      try $0.embedding(terms, output: output)
    }
  }

  /// Two calls where there is an activation, so that the product's rate stands alone.
  package func linear(
    _ x: Handle, weight: Parameter, isRounded: Bool, bias: Parameter?, activation: ActivationFunction?, output: Handle,
    derivative: Handle?
  ) throws {
    let work = KernelWork(
      flops: 2 * rows(output) * weight.count, elements: elements(x, output) + weight.count + (bias?.count ?? 0))
    try measure("linear", work) {
      try $0.linear(
        x, weight: weight, isRounded: isRounded, bias: bias, activation: nil, output: output, derivative: nil)
    }
    if let activation { try self.activation(activation, output, output: output, derivative: derivative) }
  }

  package func linearInputGradient(
    _ gradient: Handle, weight: Parameter, isRounded: Bool, epilogue: Epilogue, operand: Handle?, output: Handle
  ) throws {
    let work = KernelWork(
      flops: 2 * rows(output) * weight.count, elements: elements(gradient, operand, output) + weight.count)
    try measure("linear_backward", work) {
      try $0.linearInputGradient(
        gradient, weight: weight, isRounded: isRounded, epilogue: epilogue, operand: operand, output: output)
    }
  }

  package func activation(_ function: ActivationFunction, _ x: Handle, output: Handle, derivative: Handle?) throws {
    try measure("activation", KernelWork(elements: elements(x, output, derivative))) {
      try $0.activation(function, x, output: output, derivative: derivative)
    }
  }

  package func add(_ a: Handle, _ b: Handle, output: Handle) throws {
    try measure("add", KernelWork(elements: elements(a, b, output))) { try $0.add(a, b, output: output) }
  }

  package func multiply(_ a: Handle, _ b: Handle, output: Handle) throws {
    try measure("multiply", KernelWork(elements: elements(a, b, output))) { try $0.multiply(a, b, output: output) }
  }
}

extension ProfiledKernels: LayerNormKernels, SigmoidKernels, SoftmaxKernels, SelectedRowKernels {
  package func layerNorm(
    _ x: Handle, residual: Handle?, gamma: Parameter, beta: Parameter?, epsilon: Float,
    output: Handle, normalized: Handle?, inverseDeviation: Handle?
  ) throws {
    let work = KernelWork(
      elements: elements(x, residual, output, normalized, inverseDeviation) + gamma.count + (beta?.count ?? 0))
    try measure("layer_norm", work) {
      try $0.layerNorm(
        x, residual: residual, gamma: gamma, beta: beta, epsilon: epsilon, output: output, normalized: normalized,
        inverseDeviation: inverseDeviation)
    }
  }

  package func layerNormGradient(
    _ gradient: Handle, normalized: Handle, inverseDeviation: Handle, gamma: Parameter, output: Handle
  ) throws {
    let work = KernelWork(elements: elements(gradient, normalized, inverseDeviation, output) + gamma.count)
    try measure("layer_norm_backward", work) {
      try $0.layerNormGradient(
        gradient, normalized: normalized, inverseDeviation: inverseDeviation, gamma: gamma, output: output)
    }
  }

  package func sigmoid(_ x: Handle, output: Handle, derivative: Handle?) throws {
    try measure("sigmoid", KernelWork(elements: elements(x, output, derivative))) {
      try $0.sigmoid(x, output: output, derivative: derivative)
    }
  }

  package func softmax(_ x: Handle, output: Handle) throws {
    try measure("softmax", KernelWork(elements: elements(x, output))) { try $0.softmax(x, output: output) }
  }

  package func softmaxGradient(_ gradient: Handle, probabilities: Handle, output: Handle) throws {
    try measure("softmax_backward", KernelWork(elements: elements(gradient, probabilities, output))) {
      try $0.softmaxGradient(gradient, probabilities: probabilities, output: output)
    }
  }

  package func selectedRow(_ x: Handle, output: Handle) throws {
    try measure("selected_row", KernelWork(elements: 2 * elements(output))) { try $0.selectedRow(x, output: output) }
  }

  package func selectedRowGradient(_ gradient: Handle, output: Handle) throws {
    try measure("selected_row_backward", KernelWork(elements: elements(gradient, output))) {
      try $0.selectedRowGradient(gradient, output: output)
    }
  }
}

extension ProfiledKernels: AttentionKernels {
  package func attention(
    _ qkv: Handle, heads: Int, scale: Float, window: AttentionWindow, context: Handle, logSumExp: Handle?
  ) throws {
    let work = KernelWork(
      flops: 2 * pairFLOPs(window, width: width(context)), elements: elements(qkv, context, logSumExp))
    try measure("attention", work) {
      try $0.attention(qkv, heads: heads, scale: scale, window: window, context: context, logSumExp: logSumExp)
    }
  }

  package func attentionGradient(
    _ gradient: Handle, qkv: Handle, context: Handle, logSumExp: Handle, heads: Int, scale: Float,
    window: AttentionWindow, output: Handle
  ) throws {
    // Five products a pair: the scores again, dP, dV, dQ and dK.
    let work = KernelWork(
      flops: 5 * pairFLOPs(window, width: width(context)),
      elements: elements(gradient, qkv, context, logSumExp, output))
    try measure("attention_backward", work) {
      try $0.attentionGradient(
        gradient, qkv: qkv, context: context, logSumExp: logSumExp, heads: heads, scale: scale,
        window: window, output: output)
    }
  }

  package func selectedRowAttention(
    _ query: Handle, keysValues: Handle, heads: Int, scale: Float, window: AttentionWindow, context: Handle,
    probabilities: Handle?
  ) throws {
    let work = KernelWork(
      flops: 4 * keysOfSelectedRows(window) * width(context),
      elements: elements(query, keysValues, context, probabilities))
    try measure("attention_selected", work) {
      try $0.selectedRowAttention(
        query, keysValues: keysValues, heads: heads, scale: scale, window: window, context: context,
        probabilities: probabilities)
    }
  }

  package func selectedRowAttentionGradient(
    _ gradient: Handle, query: Handle, keysValues: Handle, probabilities: Handle, heads: Int, scale: Float,
    window: AttentionWindow, queryGradient: Handle?, keysValuesGradient: Handle?
  ) throws {
    let work = KernelWork(
      flops: 8 * keysOfSelectedRows(window) * width(query),
      elements: elements(gradient, query, keysValues, probabilities, queryGradient, keysValuesGradient))
    try measure("attention_selected_backward", work) {
      try $0.selectedRowAttentionGradient(
        gradient, query: query, keysValues: keysValues, probabilities: probabilities, heads: heads, scale: scale,
        window: window, queryGradient: queryGradient, keysValuesGradient: keysValuesGradient)
    }
  }
}

extension ProfiledKernels: PathKernels, NoiseKernels {
  package func interpolate(input: Handle, baseline: Handle, path: PathBatch, output: Handle) throws {
    let work = KernelWork(elements: 2 * exampleTokens(path) * width(output) + elements(output))
    try measure("interpolate", work) {
      try $0.interpolate(input: input, baseline: baseline, path: path, output: output)
    }
  }

  package func accumulate(_ gradient: Handle, path: PathBatch, into sum: Handle) throws {
    // The sums are read and written.
    let work = KernelWork(elements: elements(gradient) + 2 * exampleTokens(path) * width(gradient))
    try measure("accumulate", work) { try $0.accumulate(gradient, path: path, into: sum) }
  }

  package func store(_ value: Handle, zeroed: [Bool], into buffer: Handle, at row: Int) throws {
    try measure("store", KernelWork(elements: 2 * zeroed.count * width(value))) {
      try $0.store(value, zeroed: zeroed, into: buffer, at: row)
    }
  }

  package func clear(_ buffer: Handle, rows: Int, width: Int) throws {
    try measure("fill", KernelWork(elements: rows * width)) { try $0.clear(buffer, rows: rows, width: width) }
  }

  package func reduce(input: Handle, baseline: Handle, gradient: Handle, rows: Int, width: Int) throws -> PathScores {
    try measure("reduce", KernelWork(elements: 3 * rows * width + 4 * rows)) {
      try $0.reduce(input: input, baseline: baseline, gradient: gradient, rows: rows, width: width)
    }
  }

  package func addNoise(_ rows: [NoisyRows], to buffer: Handle, width: Int) throws {
    try measure("noise", KernelWork(elements: rows.reduce(0) { $0 + 2 * $1.tokenCount * width })) {
      try $0.addNoise(rows, to: buffer, width: width)
    }
  }

  package func reduceSamples(
    _ examples: [SampleRows], input: Handle, baseline: Handle, gradient: Handle, width: Int
  ) throws -> PathScores {
    let elements = examples.reduce(0) { $0 + 3 * $1.rows.count * width + 4 * $1.tokenCount }
    return try measure("noise_statistics", KernelWork(elements: elements)) {
      try $0.reduceSamples(examples, input: input, baseline: baseline, gradient: gradient, width: width)
    }
  }
}
