import SalienceTensors

extension VulkanStream: AttentionKernels {
  func attention(
    _ qkv: Handle, heads: Int, scale: Float, window: AttentionWindow, context: Handle, logSumExp: Handle?
  ) throws {
    let output = try range(context)
    try recordTiles(
      .forward, [range(qkv), output, logSumExp.map(range) ?? output], width: size(context).width, heads: heads,
      scale: scale, window: window, constants: [logSumExp == nil ? 0 : 1], productsOfPair: 2,
      elements: elements(qkv, context, logSumExp))
  }

  func attentionGradient(
    _ gradient: Handle, qkv: Handle, context: Handle, logSumExp: Handle, heads: Int, scale: Float,
    window: AttentionWindow, output: Handle
  ) throws {
    let (rows, width, _) = try size(context)
    guard rows > 0 else { return }
    let offsets = try recordAttentionMeans(gradient, context: context, heads: heads)
    let buffers = try [range(qkv), range(gradient), range(logSumExp), offsets, range(output)]
    let read = try elements(qkv, gradient, logSumExp) + rows * heads
    try recordTiles(
      .queries, buffers, width: width, heads: heads, scale: scale, window: window, productsOfPair: 3,
      elements: read + rows * width)
    try recordTiles(
      .keys, buffers, width: width, heads: heads, scale: scale, window: window, productsOfPair: 4,
      elements: read + 2 * rows * width)
  }

  /// What the softmax's gradient subtracts from dP: the inner product of d(context) and context of each head [T x A].
  func recordAttentionMeans(_ gradient: Handle, context: Handle, heads: Int) throws -> BufferRange {
    let (rows, width, _) = try size(context)
    let headSize = width / heads
    let means = try temporary(bytes: rows * heads * MemoryLayout<Float>.stride)
    let kernel = Kernel(
      "attention_backward_offsets", [UInt32(Self.groupSize), headSize % 4 == 0 ? 1 : 0, UInt32(headSize)])
    try recorder.checks.require(kernel)
    try record(
      kernel, [range(gradient), range(context), means, tables.range(.counts)],
      push: [BatchTables.entry(.tokens), UInt32(heads)],
      groups: groups((rows * heads + Self.groupSize - 1) / Self.groupSize),
      work: KernelWork(elements: elements(gradient, context) + rows * heads))
    return means
  }

  /// Runs a pass over every tile of every sequence and head; the list of tiles and the counts are its last buffers.
  ///
  /// - Parameters:
  ///   - productsOfPair: inner products of head size for each pair of tokens that the window shows.
  ///   - elements: that the pass reads and writes.
  private func recordTiles(
    _ pass: AttentionTile.Pass, _ buffers: [BufferRange], width: Int, heads: Int, scale: Float,
    window: AttentionWindow, constants: [UInt32] = [], productsOfPair: Int, elements: Int
  ) throws {
    let headSize = width / heads
    let tiles = Array(AttentionTile.choices(pass, headSize: headSize, rows: shape.tileRows, limits: limits))
    guard !tiles.isEmpty else {
      throw TensorError(.backend, "the device has too little shared memory for attention heads of \(headSize)")
    }
    let (tile, kernel) = try recorder.checks.first(of: tiles) {
      Kernel(pass.rawValue, $0.constants(headSize: headSize, hasWindow: window != .everything) + constants)
    }
    let count = shape.tileCount(rows: tile.rows)
    guard count > 0 else { return }
    try record(
      kernel, buffers + [tables.range(.tiles(rows: tile.rows)), tables.range(.counts)],
      push: [BatchTables.entry(tileRows: tile.rows), UInt32(width), UInt32(heads), scale.bitPattern]
        + window.push,
      groups: groups(count, heads: heads),
      work: KernelWork(flops: 2 * productsOfPair * shape.pairs(window) * width, elements: elements))
  }

  func selectedRowAttention(
    _ query: Handle, keysValues: Handle, heads: Int, scale: Float, window: AttentionWindow, context: Handle,
    probabilities: Handle?
  ) throws {
    let (rows, width, _) = try size(context)
    guard rows > 0 else { return }
    let saved =
      try probabilities.map(range) ?? temporary(bytes: shape.tokens * heads * MemoryLayout<Float>.stride)
    try record(
      Kernel("attention_selected", [UInt32(Self.groupSize), UInt32(width / heads)]),
      [
        range(query), range(keysValues), tables.range(.offsets), range(context), saved,
        tables.range(.selectedRows), tables.range(.counts),
      ],
      push: selectedRowPush(width, heads, scale, window), groups: groups(rows, heads: heads),
      work: KernelWork(
        flops: 4 * shape.keysOfRows(window) * width,
        elements: elements(query, keysValues, context) + shape.tokens * heads))
  }

  func selectedRowAttentionGradient(
    _ gradient: Handle, query: Handle, keysValues: Handle, probabilities: Handle, heads: Int, scale: Float,
    window: AttentionWindow, queryGradient: Handle?, keysValuesGradient: Handle?
  ) throws {
    let (rows, width, _) = try size(query)
    guard rows > 0 else { return }
    guard let keysValuesGradient else { throw TensorError(.backend, "nobody reads the gradient of K and V") }
    let output = try range(keysValuesGradient)
    try record(
      Kernel(
        "attention_selected_backward", [UInt32(Self.groupSize), UInt32(width / heads), queryGradient == nil ? 0 : 1]),
      [
        range(gradient), range(query), range(keysValues), range(probabilities), tables.range(.offsets),
        queryGradient.map(range) ?? output, output, tables.range(.selectedRows), tables.range(.counts),
      ],
      push: selectedRowPush(width, heads, scale, window), groups: groups(rows, heads: heads),
      work: KernelWork(
        flops: 8 * shape.keysOfRows(window) * width,
        elements: elements(gradient, query, keysValues, probabilities, queryGradient, keysValuesGradient)))
  }

  private func selectedRowPush(
    _ width: Int, _ heads: Int, _ scale: Float, _ window: AttentionWindow
  ) -> [UInt32] {
    [BatchTables.entry(.sequences), UInt32(width), UInt32(heads), scale.bitPattern] + window.push
  }
}

extension AttentionWindow {
  /// The push constants `before` and `after`: kernels add them to places in a sequence, so they stay below overflow.
  var push: [UInt32] { [before, after].map { UInt32(min($0 ?? .max, 1 << 30)) } }
}
