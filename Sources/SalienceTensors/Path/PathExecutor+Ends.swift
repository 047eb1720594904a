/// What paths carry at their ends, and what is summed along them; see `PathEdges`.
extension PathExecutor {
  /// Values at each end of what paths carry, the attribution layer's first, in buffers that the caller releases.
  ///
  /// - Parameters:
  ///   - rows: first row of each end; one after another by default. Ends of one batch lie one after another.
  ///   - rowCount: rows of the buffers; as many as there are tokens by default.
  func carriedEnds(_ ends: [PathEnd], rows: [Int]? = nil, rowCount: Int? = nil) throws -> [Handle] {
    let gradient = try gradient
    var buffers = [try storeEnds(ends, rows: rows, rowCount: rowCount)]
    do {
      let lengths = ends.map(\.sequence.count)
      for value in gradient.edges.blended {
        let width = gradient.plan.shape(of: value).width
        buffers.append(try kernels.allocate(count: max(1, rowCount ?? lengths.reduce(0, +)) * width))
      }
      if !gradient.edges.blended.isEmpty { try project(ends, lengths: lengths, rows: rows, in: buffers) }
    } catch {
      buffers.forEach(kernels.release)
      throw error
    }
    return buffers
  }

  /// Runs the head of the gradient's plan over stored ends.
  private func project(_ ends: [PathEnd], lengths: [Int], rows: [Int]?, in buffers: [Handle]) throws {
    let gradient = try gradient
    var row = 0
    for range in try MicroBatches(lengths: lengths, capacity: capacity) {
      if let rows { row = rows[range.lowerBound] }
      let count = lengths[range].reduce(0, +)
      try load([buffers[0]], into: [gradient.plan.inputs[0]], of: ends[range].map(\.sequence), at: row)
      try gradient.run(0..<gradient.edges.headEnd)
      for (value, buffer) in zip(gradient.edges.blended, buffers.dropFirst()) {
        try run(
          Storing(
            gradient.handle(value), zeroed: Array(repeating: false, count: count), into: buffer, at: row,
            width: gradient.plan.shape(of: value).width))
      }
      row += count
    }
  }

  /// Cleared buffers for sums of values of the gradient's plan, one per value, which the caller releases.
  func clearedSums(of values: [ValueID], rows: Int) throws -> [Handle] {
    var sums: [Handle] = []
    do {
      for value in values {
        let width = try gradient.plan.shape(of: value).width
        sums.append(try kernels.allocate(count: max(1, rows) * width))
        try run(Clearing(sums[sums.count - 1], rows: rows, width: width))
      }
    } catch {
      sums.forEach(kernels.release)
      throw error
    }
    return sums
  }

  /// The attribution layer's gradient from sums of what the tail of the gradient's plan reads.
  ///
  /// - Returns: a buffer that the caller releases; `sums[0]` itself where there is no tail.
  func inputGradient(from sums: [Handle], of sequences: [TokenSequence]) throws -> Handle {
    let gradient = try gradient
    let (plan, edges) = (gradient.differentiated, gradient.edges)
    if edges.tailStart == plan.plan.instructions.count { return sums[0] }
    let lengths = sequences.map(\.count)
    let result = try kernels.allocate(count: max(1, lengths.reduce(0, +)) * program.width)
    do {
      var row = 0
      for range in try MicroBatches(lengths: lengths, capacity: capacity) {
        let count = lengths[range].reduce(0, +)
        try load(sums, into: edges.summed, of: sequences[range], at: row)
        try gradient.run(edges.tailStart..<plan.plan.instructions.count)
        try run(
          Storing(
            gradient.handle(plan.inputGradient), zeroed: Array(repeating: false, count: count), into: result, at: row,
            width: program.width))
        row += count
      }
    } catch {
      kernels.release(result)
      throw error
    }
    return result
  }

  /// Begins a batch and copies its rows of buffers into values of the gradient's plan.
  private func load(
    _ buffers: [Handle], into values: [ValueID], of sequences: some Sequence<TokenSequence>, at row: Int
  ) throws {
    var (path, next) = (PathBatch(), row)
    for sequence in sequences {
      path.append(exampleRow: next, alpha: 1, weight: 1)
      next += sequence.count
    }
    try kernels.begin(PackedBatch(sequences))
    for (buffer, value) in zip(buffers, values) {
      try run(
        Interpolation(
          input: buffer, baseline: buffer, path: path, output: gradient.handle(value),
          width: gradient.plan.shape(of: value).width))
    }
  }

  /// Values of the attribution layer for each end in a buffer that the caller releases.
  ///
  /// - Parameters:
  ///   - rows: first row of each end; one after another by default. Ends of one batch lie one after another.
  ///   - rowCount: rows of the buffer; as many as there are tokens by default.
  func storeEnds(_ ends: [PathEnd], rows: [Int]? = nil, rowCount: Int? = nil) throws -> Handle {
    let lengths = ends.map(\.sequence.count)
    let buffer = try kernels.allocate(count: max(1, rowCount ?? lengths.reduce(0, +)) * program.width)
    var row = 0
    var noisy: [NoisyRows] = []
    for range in try MicroBatches(lengths: lengths, capacity: capacity) {
      try kernels.begin(PackedBatch(ends[range].map(\.sequence)))
      try prefix.run()
      let zeroed = ends[range].flatMap(\.zeroed)
      if let rows { row = rows[range.lowerBound] }
      try run(
        Storing(
          prefix.handle(program.prefix.outputs[0]), zeroed: zeroed, into: buffer, at: row, width: program.width))
      for end in ends[range] {
        if let noise = end.noise {
          noisy.append(NoisyRows(row: row, tokenCount: end.sequence.count, noise: noise))
        }
        row += end.sequence.count
      }
    }
    if !noisy.isEmpty { try run(NoiseAddition(noisy, to: buffer, width: program.width)) }
    return buffer
  }
}
