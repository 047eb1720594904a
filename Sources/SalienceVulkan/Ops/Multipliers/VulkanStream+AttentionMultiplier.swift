import SalienceTensors

extension VulkanStream: AttentionMultiplierKernels {
  func attentionMultiplier(
    _ gradient: Handle, qkv: Handle, partner: Handle, logSumExp: Handle, partnerLogSumExp: Handle, heads: Int,
    scale: Float, window: AttentionWindow, positions: RelativePositions?, output: Handle
  ) throws {
    let (rows, width, _) = try size(gradient)
    guard rows > 0 else { return }
    let (own, result) = (try range(qkv), try range(output))
    let means = try temporary(bytes: rows * heads * MemoryLayout<Float>.stride)
    let (keys, queries) = (try positions?.keys.map(parameters.range), try positions?.queries.map(parameters.range))
    let operands = try [
      own, range(partner), keys ?? own, queries ?? own, tables.range(.offsets), tables.range(.sequences),
      range(gradient), range(logSumExp), range(partnerLogSumExp),
    ]
    let constants = [
      UInt32(Self.groupSize), UInt32(width / heads), keys == nil ? 0 : 1, queries == nil ? 0 : 1,
    ]
    let push =
      [
        BatchTables.entry(.tokens), UInt32(width), UInt32(heads), scale.bitPattern,
        UInt32((positions?.longest ?? 1) - 1),
      ] + window.push
    let read = try elements(gradient, qkv, partner, logSumExp, partnerLogSumExp)
    let tableCount = positions?.tableCount ?? 0
    // Both scores and dP twice, and dQ; both scores and dP, dK and dV.
    for (pass, products, buffers, written) in [
      ("queries", 7 + 5 * tableCount, [result, means], rows * (width + heads)),
      ("keys", 5 + 3 * tableCount, [means, result], 2 * rows * width),
    ] {
      try record(
        Kernel("attention_multiplier_\(pass)", constants), operands + buffers + [tables.range(.counts)], push: push,
        groups: groups(rows, heads: heads),
        work: KernelWork(flops: 2 * products * shape.pairs(window) * width, elements: read + written))
    }
  }
}
