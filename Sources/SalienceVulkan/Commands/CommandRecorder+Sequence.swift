import CVulkan

/// Commands that outlive a submission, and what they read that is a submission's own.
extension CommandRecorder {
  /// Records the commands of `body` for any number of executions.
  ///
  /// They may use what lasts: no uploads, and temporary memory one range at a time.
  func recordSequence(_ body: () throws -> Void) throws -> CommandSequence {
    let recorded = try CommandSequence(device, bound: bound)
    sequence = recorded
    defer { sequence = nil }
    try body()
    try recorded.end()
    return recorded
  }

  /// Runs a sequence's commands after those recorded before.
  func execute(_ sequence: CommandSequence) throws {
    for segment in sequence.segments {
      if current?.isFull(segment.commandCount, segment.flops, bound) ?? false { try flush() }
      let submission = try open()
      if !pending.isEmpty { barrier(submission.buffer) }
      var commands: VkCommandBuffer? = segment.buffer
      device.call { $0.cmdExecuteCommands(submission.buffer, 1, &commands) }
      pending = segment.pending
      submission.kept.append(sequence)
      submission.commandCount += segment.commandCount
      submission.flops += segment.flops
    }
  }

  /// Copies values to the device before everything recorded from now on, sequences too.
  func write(_ words: some Collection<UInt32>, to target: BufferRange) throws {
    let outer = sequence
    sequence = nil
    defer { sequence = outer }
    let bytes = words.count * MemoryLayout<UInt32>.stride
    let (range, mapped) = try upload(bytes: bytes)
    for (index, word) in words.enumerated() { mapped.storeBytes(of: word, toByteOffset: 4 * index, as: UInt32.self) }
    try copy(range, to: target, bytes: bytes)
  }
}
