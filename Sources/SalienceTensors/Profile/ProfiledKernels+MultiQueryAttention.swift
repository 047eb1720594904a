// Calls of attention without keys and values, by the name of their op.

extension ProfiledKernels: HeadProjectionKernels, MultiQueryAttentionKernels {
  package func headProjection(
    _ x: Handle, weight: Parameter, bias: Parameter?, heads: Int, isTransposed: Bool, output: Handle
  ) throws {
    let work = KernelWork(
      flops: 2 * rows(output) * weight.count, elements: elements(x, output) + weight.count + (bias?.count ?? 0))
    try measure(isTransposed ? "head_projection_transposed" : "head_projection", work) {
      try $0.headProjection(x, weight: weight, bias: bias, heads: heads, isTransposed: isTransposed, output: output)
    }
  }

  package func multiQueryAttention(
    _ queries: Handle, rows: Handle, heads: Int, scale: Float, window: AttentionWindow, output: Handle,
    probabilities: Handle?
  ) throws {
    let work = KernelWork(
      flops: 4 * keysOfSelectedRows(window) * width(queries),
      elements: elements(queries, rows, output, probabilities))
    try measure("attention_multi_query", work) {
      try $0.multiQueryAttention(
        queries, rows: rows, heads: heads, scale: scale, window: window, output: output, probabilities: probabilities)
    }
  }

  package func multiQueryAttentionGradient(
    _ gradient: Handle, queries: Handle, rows: Handle, probabilities: Handle, heads: Int, scale: Float,
    window: AttentionWindow, queryGradient: Handle?, rowGradient: Handle?
  ) throws {
    let work = KernelWork(
      flops: 8 * keysOfSelectedRows(window) * width(queries),
      elements: elements(gradient, queries, rows, probabilities, queryGradient, rowGradient))
    try measure("attention_multi_query_backward", work) {
      try $0.multiQueryAttentionGradient(
        gradient, queries: queries, rows: rows, probabilities: probabilities, heads: heads, scale: scale,
        window: window, queryGradient: queryGradient, rowGradient: rowGradient)
    }
  }
}
