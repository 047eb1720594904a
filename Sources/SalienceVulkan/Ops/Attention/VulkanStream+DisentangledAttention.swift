import SalienceTensors

extension VulkanStream: DisentangledAttentionKernels {
  func disentangledAttention(
    _ qkv: Handle, positions: RelativePositions, heads: Int, scale: Float, context: Handle, logSumExp: Handle?
  ) throws {
    let (rows, width, _) = try size(context)
    guard rows > 0 else { return }
    let output = try range(context)
    try record(
      Kernel(
        "attention_disentangled", constants(positions, headSize: width / heads) + [logSumExp == nil ? 0 : 1]),
      operands(qkv, positions) + [output, logSumExp.map(range) ?? output, tables.range(.counts)],
      push: push(positions, width, heads, scale), groups: groups(rows, heads: heads),
      work: KernelWork(
        flops: 2 * (2 + positions.tableCount) * shape.pairs(.everything) * width,
        elements: elements(qkv, context, logSumExp)))
  }

  func disentangledAttentionGradient(
    _ gradient: Handle, qkv: Handle, context: Handle, logSumExp: Handle, positions: RelativePositions, heads: Int,
    scale: Float, tableFactor: Float, output: Handle
  ) throws {
    let (rows, width, _) = try size(context)
    guard rows > 0 else { return }
    let means = try recordAttentionMeans(gradient, context: context, heads: heads)
    let read = try elements(qkv, gradient, logSumExp) + rows * heads
    // The scores and dP once more in each pass; then dQ, or dK and dV.
    for (pass, products, written) in [("queries", 3, 1), ("keys", 4, 2)] {
      try record(
        Kernel("attention_disentangled_backward_\(pass)", constants(positions, headSize: width / heads)),
        operands(qkv, positions)
          + [range(gradient), range(logSumExp), means, range(output), tables.range(.counts)],
        push: push(positions, width, heads, scale) + [tableFactor.bitPattern], groups: groups(rows, heads: heads),
        work: KernelWork(
          flops: 2 * (products + positions.tableCount + 1) * shape.pairs(.everything) * width,
          elements: read + written * rows * width))
    }
  }

  private func operands(_ qkv: Handle, _ positions: RelativePositions) throws -> [BufferRange] {
    let rows = try range(qkv)
    return [
      rows, try positions.keys.map(parameters.range) ?? rows, try positions.queries.map(parameters.range) ?? rows,
      try tables.range(.offsets), try tables.range(.sequences),
    ]
  }

  private func constants(_ positions: RelativePositions, headSize: Int) -> [UInt32] {
    [UInt32(Self.groupSize), UInt32(headSize), positions.keys == nil ? 0 : 1, positions.queries == nil ? 0 : 1]
  }

  private func push(_ positions: RelativePositions, _ width: Int, _ heads: Int, _ scale: Float) -> [UInt32] {
    [BatchTables.entry(.tokens), UInt32(width), UInt32(heads), scale.bitPattern, UInt32(positions.longest - 1)]
  }
}
