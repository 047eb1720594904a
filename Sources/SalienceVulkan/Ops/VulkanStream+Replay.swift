import SalienceTensors

extension VulkanStream {
  /// Records the ops once for all batches of about the size of this one, and runs what was recorded.
  ///
  /// Timestamps belong to one submission, so a profiled stream records every batch anew: the same kernels over the same
  /// memory.
  func replay(
    _ part: Range<Int>, ofPlan plan: Int, in arena: Handle, capacity: MemoryPlan.Capacity, _ body: () throws -> Void
  ) throws {
    guard !recorder.isProfiled, batch.sequenceCount > 0, batch.tokenCount > 0 else { return try body() }
    let bucket = BatchShape(bucketOf: shape, capacity: capacity)
    let key = RecordedSequences.Key(
      arena: arena, plan: plan, part: part, tokens: bucket.tokens, sequences: bucket.sequences,
      tileRows: bucket.tileRows)
    if let known = sequences.entry(key, moves: tables.moves) {
      try check(known.lookups)
      for table in known.tables { _ = try tables.range(table) }
      // A table may have moved just now.
      if known.moves == tables.moves { return try recorder.execute(known.commands) }
    }
    let entry = try record(for: bucket, body)
    sequences.add(entry, key)
    try recorder.execute(entry.commands)
  }

  private func record(for bucket: BatchShape, _ body: () throws -> Void) throws -> RecordedSequences.Entry {
    let own = shape
    shape = bucket
    lookups = []
    defer {
      shape = own
      lookups = nil
    }
    let commands = try recorder.recordSequence(body)
    return RecordedSequences.Entry(
      commands: commands, tables: tables.current, moves: tables.moves, lookups: lookups ?? [])
  }

  /// Kernels trust their indices, so ids from files are checked here.
  func check(_ terms: [EmbeddingTerm]) throws {
    for term in terms {
      if let bad = batch.indices(term.index).first(where: { $0 < 0 || $0 >= term.table.shape[0] }) {
        throw TensorError(.shape, "index \(bad) is outside \(term.table) of \(term.table.shape[0]) rows")
      }
    }
  }
}
