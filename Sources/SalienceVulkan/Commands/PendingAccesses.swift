import CVulkan

/// What commands have read and written since the last barrier: a command that meets none of it need not wait.
struct PendingAccesses {
  private struct Access {
    let buffer: VkBuffer
    let bytes: Range<Int>

    init(_ range: BufferRange) {
      buffer = range.buffer
      bytes = range.offset..<range.offset + range.size
    }

    func meets(_ range: BufferRange) -> Bool {
      buffer == range.buffer && bytes.lowerBound < range.offset + range.size && range.offset < bytes.upperBound
    }
  }

  private var reads: [Access] = []
  private var writes: [Access] = []
  /// Whether nothing is known of what ran before.
  private var isUnknown = false

  /// Everything may have been read and written.
  static var unknown: PendingAccesses {
    var pending = PendingAccesses()
    pending.isUnknown = true
    return pending
  }

  var isEmpty: Bool { !isUnknown && reads.isEmpty && writes.isEmpty }

  /// Adds a command.
  ///
  /// - Returns: whether it reads what an earlier one writes, or writes what an earlier one reads or writes: then a
  ///   barrier has to stand before it, and what was pending is not any more.
  mutating func add(reads newReads: [BufferRange], writes newWrites: [BufferRange]) -> Bool {
    let waits =
      isUnknown
      || writes.contains { access in newReads.contains(where: access.meets) || newWrites.contains(where: access.meets) }
      || reads.contains { access in newWrites.contains(where: access.meets) }
    if waits { self = PendingAccesses() }
    reads += newReads.map(Access.init)
    writes += newWrites.map(Access.init)
    return waits
  }
}

extension DeviceFunctions {
  /// Everything recorded before is done and visible to everything recorded after, on this queue.
  ///
  /// - Parameter toHost: visible to the host instead, once a submission has run.
  func recordBarrier(_ commands: VkCommandBuffer, toHost: Bool = false) {
    let stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT.rawValue | VK_PIPELINE_STAGE_TRANSFER_BIT.rawValue
    let reads = VK_ACCESS_SHADER_READ_BIT.rawValue | VK_ACCESS_TRANSFER_READ_BIT.rawValue
    let writes = VK_ACCESS_SHADER_WRITE_BIT.rawValue | VK_ACCESS_TRANSFER_WRITE_BIT.rawValue
    var barrier = VkMemoryBarrier()
    barrier.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER
    barrier.srcAccessMask = writes
    barrier.dstAccessMask = toHost ? VK_ACCESS_HOST_READ_BIT.rawValue : reads | writes
    cmdPipelineBarrier(
      commands, stages, toHost ? VK_PIPELINE_STAGE_HOST_BIT.rawValue : stages, 0, 1, &barrier, 0, nil, 0, nil)
  }
}
