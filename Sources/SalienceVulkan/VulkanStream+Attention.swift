import SalienceTensors

extension VulkanStream: AttentionKernels {
  func attention(_ qkv: Handle, heads: Int, scale: Float, context: Handle, logSumExp: Handle?) throws {
    let output = try range(context)
    try recordTiles(
      .forward, [range(qkv), output, logSumExp.map(range) ?? output], width: size(context).width, heads: heads,
      scale: scale, constants: [logSumExp == nil ? 0 : 1], productsOfPair: 2,
      elements: elements(qkv, context, logSumExp))
  }

  func attentionGradient(
    _ gradient: Handle, qkv: Handle, context: Handle, logSumExp: Handle, heads: Int, scale: Float, output: Handle
  ) throws {
    let (rows, width) = try size(context)
    guard rows > 0 else { return }
    let offsets = try temporary(bytes: rows * heads * MemoryLayout<Float>.stride)
    let headSize = width / heads
    try record(
      Kernel("attention_backward_offsets", [UInt32(Self.groupSize), headSize % 4 == 0 ? 1 : 0, UInt32(headSize)]),
      [range(gradient), range(context), offsets], push: [UInt32(rows * heads)],
      groups: groups((rows * heads + Self.groupSize - 1) / Self.groupSize),
      work: KernelWork(elements: elements(gradient, context) + rows * heads))
    let buffers = try [range(qkv), range(gradient), range(logSumExp), offsets, range(output)]
    let read = try elements(qkv, gradient, logSumExp) + rows * heads
    try recordTiles(
      .queries, buffers, width: width, heads: heads, scale: scale, productsOfPair: 3, elements: read + rows * width)
    try recordTiles(
      .keys, buffers, width: width, heads: heads, scale: scale, productsOfPair: 4, elements: read + 2 * rows * width)
  }

  /// Runs a pass over every tile of every sequence and head; the list of tiles is its last buffer.
  ///
  /// - Parameters:
  ///   - productsOfPair: inner products of head size for each pair of tokens.
  ///   - elements: that the pass reads and writes.
  private func recordTiles(
    _ pass: AttentionTile.Pass, _ buffers: [BufferRange], width: Int, heads: Int, scale: Float,
    constants: [UInt32] = [], productsOfPair: Int, elements: Int
  ) throws {
    let lengths = batch.lengths
    let headSize = width / heads
    let tiles = Array(AttentionTile.choices(pass, headSize: headSize, lengths: lengths, limits: limits))
    guard !tiles.isEmpty else {
      throw TensorError(.backend, "the device has too little shared memory for attention heads of \(headSize)")
    }
    let (tile, kernel) = try recorder.checks.first(of: tiles) {
      Kernel(pass.rawValue, $0.constants(headSize: headSize) + constants)
    }
    var items: [UInt32] = []
    for (start, length) in zip(batch.offsets, lengths) {
      for first in stride(from: 0, to: length, by: tile.rows) {
        items += [UInt32(start), UInt32(length), UInt32(first)]
      }
    }
    guard !items.isEmpty else { return }
    let count = items.count / 3
    try record(
      kernel, buffers + [upload(items)],
      push: [UInt32(count), UInt32(width), UInt32(heads), scale.bitPattern], groups: groups(count, heads: heads),
      work: KernelWork(flops: lengths.reduce(0) { $0 + 2 * productsOfPair * $1 * $1 * width }, elements: elements))
  }

  func firstRowAttention(
    _ query: Handle, keysValues: Handle, heads: Int, scale: Float, context: Handle, probabilities: Handle?
  ) throws {
    let (rows, width) = try size(context)
    guard rows > 0 else { return }
    let saved =
      try probabilities.map(range) ?? temporary(bytes: batch.tokenCount * heads * MemoryLayout<Float>.stride)
    try record(
      Kernel("attention_first", [UInt32(Self.groupSize), UInt32(width / heads)]),
      [range(query), range(keysValues), tables.offsets, range(context), saved],
      push: firstRowPush(rows, width, heads, scale), groups: groups(rows, heads: heads),
      work: KernelWork(
        flops: 4 * batch.tokenCount * width,
        elements: elements(query, keysValues, context) + batch.tokenCount * heads))
  }

  func firstRowAttentionGradient(
    _ gradient: Handle, query: Handle, keysValues: Handle, probabilities: Handle, heads: Int, scale: Float,
    queryGradient: Handle?, keysValuesGradient: Handle?
  ) throws {
    let (rows, width) = try size(query)
    guard rows > 0 else { return }
    guard let keysValuesGradient else { throw TensorError(.backend, "nobody reads the gradient of K and V") }
    let output = try range(keysValuesGradient)
    try record(
      Kernel(
        "attention_first_backward", [UInt32(Self.groupSize), UInt32(width / heads), queryGradient == nil ? 0 : 1]),
      [
        range(gradient), range(query), range(keysValues), range(probabilities), tables.offsets,
        queryGradient.map(range) ?? output, output,
      ],
      push: firstRowPush(rows, width, heads, scale), groups: groups(rows, heads: heads),
      work: KernelWork(
        flops: 8 * batch.tokenCount * width,
        elements: elements(gradient, query, keysValues, probabilities, queryGradient, keysValuesGradient)))
  }

  private func firstRowPush(_ rows: Int, _ width: Int, _ heads: Int, _ scale: Float) -> [UInt32] {
    [UInt32(rows), UInt32(width), UInt32(heads), scale.bitPattern]
  }
}
