import SalienceTensors

extension VulkanStream: MultiQueryAttentionKernels {
  func multiQueryAttention(
    _ queries: Handle, rows: Handle, heads: Int, scale: Float, window: AttentionWindow, output: Handle,
    probabilities: Handle?
  ) throws {
    guard shape.sequences > 0 else { return }
    let saved = try probabilities.map(range) ?? temporary(bytes: shape.tokens * heads * MemoryLayout<Float>.stride)
    try recordScores(of: queries, rows, heads: heads, into: saved)
    try recordHeads(
      "attention_multi_query_softmax", [saved, tables.range(.offsets), tables.range(.selectedRows)],
      push: [UInt32(heads), scale.bitPattern] + window.push, heads: heads, elements: 2 * shape.tokens * heads)
    try recordSums(of: rows, weights: saved, heads: heads, into: output)
  }

  func multiQueryAttentionGradient(
    _ gradient: Handle, queries: Handle, rows: Handle, probabilities: Handle, heads: Int, scale: Float,
    window: AttentionWindow, queryGradient: Handle?, rowGradient: Handle?
  ) throws {
    guard let rowGradient else { throw TensorError(.backend, "nobody reads the gradient of the rows") }
    guard shape.sequences > 0 else { return }
    let slopes = try temporary(bytes: shape.tokens * heads * MemoryLayout<Float>.stride)
    try recordScores(of: gradient, rows, heads: heads, into: slopes)
    try recordHeads(
      "attention_multi_query_softmax_backward", [range(probabilities), slopes, tables.range(.offsets)],
      push: [UInt32(heads), scale.bitPattern], heads: heads, elements: 3 * shape.tokens * heads)
    if let queryGradient { try recordSums(of: rows, weights: slopes, heads: heads, into: queryGradient) }
    let (tokens, width, _) = try size(rows)
    let kernel = Kernel("attention_multi_query_backward_rows", [UInt32(Self.groupSize), UInt32(keys(atMost: 16))])
    try recordTiles(
      kernel, keys: keys(atMost: 16), width: width, heads: heads,
      layers: (width + Self.groupSize - 1) / Self.groupSize,
      work: KernelWork(
        flops: 4 * tokens * heads * width,
        elements: elements(gradient, queries, probabilities, rowGradient) + tokens * heads)
    ) { tiles in
      try [
        range(gradient), range(queries), range(probabilities), slopes, tiles, tables.range(.sequences),
        range(rowGradient),
      ]
    }
  }

  /// Inner products of each head's vector [B x A·C] and the rows of its sequence.
  private func recordScores(of vectors: Handle, _ rows: Handle, heads: Int, into scores: BufferRange) throws {
    let (tokens, width, _) = try size(rows)
    let (keys, blocks) = (keys(atMost: 32), min(4, (heads + 3) / 4))
    let kernel = Kernel(
      "attention_multi_query_scores", [UInt32(keys * blocks), width % 4 == 0 ? 1 : 0, UInt32(keys)])
    try recordTiles(
      kernel, keys: keys, width: width, heads: heads, layers: (heads + 4 * blocks - 1) / (4 * blocks),
      work: KernelWork(flops: 2 * tokens * heads * width, elements: elements(vectors, rows) + tokens * heads)
    ) { tiles in try [range(vectors), range(rows), tiles, tables.range(.sequences), scores] }
  }

  /// Sums over the rows of each sequence with a head's weights [B x A·C].
  private func recordSums(of rows: Handle, weights: BufferRange, heads: Int, into sums: Handle) throws {
    let (tokens, width, _) = try size(rows)
    let blocks = min(4, (heads + 3) / 4)
    let kernel = Kernel("attention_multi_query_values", [UInt32(Self.groupSize), UInt32(blocks)])
    try recorder.checks.require(kernel)
    let layers = (width + Self.groupSize - 1) / Self.groupSize * ((heads + 4 * blocks - 1) / (4 * blocks))
    try record(
      kernel, [weights, range(rows), tables.range(.offsets), range(sums), tables.range(.counts)],
      push: [BatchTables.entry(.sequences), UInt32(width), UInt32(heads)],
      groups: groups(shape.sequences, heads: layers),
      work: KernelWork(flops: 2 * tokens * heads * width, elements: elements(rows, sums) + tokens * heads))
  }

  /// Runs a kernel with `lanes` invocations per head of each sequence.
  private func recordHeads(
    _ stem: String, _ buffers: [BufferRange], push: [UInt32], heads: Int, elements: Int
  ) throws {
    let kernel = Kernel(stem, [UInt32(Self.groupSize), UInt32(Self.lanes)])
    try recorder.checks.require(kernel)
    let headsOfGroup = Self.groupSize / Self.lanes
    try record(
      kernel, buffers + [tables.range(.counts)], push: [BatchTables.entry(.sequences)] + push,
      groups: groups((shape.sequences * heads + headsOfGroup - 1) / headsOfGroup), work: KernelWork(elements: elements))
  }

  /// Runs a kernel over tiles of `keys` tokens of every sequence, `layers` times; the counts are its last buffer.
  private func recordTiles(
    _ kernel: Kernel, keys: Int, width: Int, heads: Int, layers: Int, work: KernelWork,
    buffers: (_ tiles: BufferRange) throws -> [BufferRange]
  ) throws {
    try recorder.checks.require(kernel)
    try record(
      kernel, buffers(tables.range(.tiles(rows: keys))) + [tables.range(.counts)],
      push: [BatchTables.entry(tileRows: keys), UInt32(width), UInt32(heads)],
      groups: groups(shape.tileCount(rows: keys), heads: layers), work: work)
  }

  /// Tokens of a tile that wastes little on the ends of sequences.
  private func keys(atMost most: Int) -> Int { max(8, min(most, shape.tileRows)) }
}
