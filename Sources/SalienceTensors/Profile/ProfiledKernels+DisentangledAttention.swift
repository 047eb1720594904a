extension ProfiledKernels: DisentangledAttentionKernels {
  package func disentangledAttention(
    _ qkv: Handle, positions: RelativePositions, heads: Int, scale: Float, context: Handle, logSumExp: Handle?
  ) throws {
    let work = KernelWork(
      flops: (2 + positions.tableCount) * pairFLOPs(.everything, width: width(context)),
      elements: elements(qkv, context, logSumExp))
    try measure("attention_disentangled", work) {
      try $0.disentangledAttention(
        qkv, positions: positions, heads: heads, scale: scale, context: context, logSumExp: logSumExp)
    }
  }

  package func disentangledAttentionGradient(
    _ gradient: Handle, qkv: Handle, context: Handle, logSumExp: Handle, positions: RelativePositions, heads: Int,
    scale: Float, output: Handle
  ) throws {
    let work = KernelWork(
      flops: (5 + 2 * positions.tableCount) * pairFLOPs(.everything, width: width(context)),
      elements: elements(gradient, qkv, context, logSumExp, output))
    try measure("attention_disentangled_backward", work) {
      try $0.disentangledAttentionGradient(
        gradient, qkv: qkv, context: context, logSumExp: logSumExp, positions: positions, heads: heads, scale: scale,
        output: output)
    }
  }
}

extension RelativePositions {
  /// How many tables add to the scores.
  package var tableCount: Int { [keys, queries].compactMap { $0 }.count }
}
