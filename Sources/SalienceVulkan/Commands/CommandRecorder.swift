import CVulkan
import SalienceTensors

/// Records one stream's commands and keeps up to two submissions running while the next is recorded.
///
/// Belongs to one thread at a time.
final class CommandRecorder {
  /// How much work one submission may hold, so that other users of the device get their turn.
  struct Bound {
    var commands = 256
    /// Multiplications and additions.
    var flops = 2_000_000_000_000
  }

  let device: VulkanDevice
  let memory: VulkanMemory
  /// Which forms of kernels may be dispatched.
  let checks: KernelChecks
  private let pipelines: PipelineCache
  private let timeline: SubmissionTimeline
  private let ring: [Submission]
  let bound: Bound
  private var position = 0
  private var isOpen = false
  /// What the commands of the open submission leave behind.
  var pending = PendingAccesses.unknown
  /// Takes the commands instead of a submission.
  var sequence: CommandSequence?
  /// Scratch of sequences, whose commands use it one after another.
  private var scratch: MemoryArena.Piece?
  /// Whether every command stands between two timestamps.
  let isProfiled: Bool

  init(
    _ device: VulkanDevice, memory: VulkanMemory, pipelines: PipelineCache, checks: KernelChecks,
    profile: ProfileCollector? = nil, bound: Bound = Bound()
  ) throws {
    self.device = device
    self.memory = memory
    self.pipelines = pipelines
    self.checks = checks
    self.bound = bound
    isProfiled = profile != nil && device.limits.timestampPeriod > 0
    timeline = try SubmissionTimeline(device)
    ring = try (0..<3).map { _ in try Submission(device, memory: memory, profile: profile) }
  }

  deinit { drain() }

  /// Waits for what has been submitted and leaves the rest unsubmitted: nothing may be freed that still runs.
  ///
  /// A lost device runs nothing.
  func drain() { try? timeline.wait(for: timeline.submitted) }

  /// Binds `buffers` to set 0, bindings 0, 1, 2 …, and dispatches `groups` work groups after the earlier commands that
  /// use the same memory.
  ///
  /// - Parameter work: what the dispatch does, for the bound on a submission and for profiles.
  /// - Throws: `VulkanError`: `capacity` for a range or a number of groups above the device's limits.
  func dispatch(
    _ kernel: Kernel, _ buffers: [BufferRange], push: [UInt32], groups: (Int, Int, Int), work: KernelWork = KernelWork()
  ) throws {
    try check(kernel, buffers, push: push, groups: groups)
    let pipeline = try pipelines.pipeline(kernel, buffers: buffers.count)
    let set = try (sequence?.descriptors ?? open().descriptors).set(pipeline.setLayout, buffers: buffers)
    let written = buffers.indices.filter(pipeline.written.contains)
    let read = buffers.indices.filter { !pipeline.written.contains($0) }
    try command(kernel.stem, work, reads: read.map { buffers[$0] }, writes: written.map { buffers[$0] }) {
      functions, commands in
      var set: VkDescriptorSet? = set
      functions.cmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.handle)
      functions.cmdBindDescriptorSets(
        commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.layout, 0, 1, &set, 0, nil)
      if !push.isEmpty {
        functions.cmdPushConstants(
          commands, pipeline.layout, VK_SHADER_STAGE_COMPUTE_BIT.rawValue, 0, UInt32(push.count * 4), push)
      }
      functions.cmdDispatch(commands, UInt32(groups.0), UInt32(groups.1), UInt32(groups.2))
    }
  }

  /// Copies `bytes` bytes from the beginning of one range to the beginning of another.
  func copy(_ source: BufferRange, to target: BufferRange, bytes: Int) throws {
    guard bytes > 0 else { return }
    guard bytes <= source.size, bytes <= target.size else {
      throw VulkanError(.failed, "a copy of \(bytes) bytes leaves its range")
    }
    let (read, written) = (source.prefix(bytes), target.prefix(bytes))
    try command("copy", KernelWork(bytes: 2 * bytes), reads: [read], writes: [written]) { functions, commands in
      var region = VkBufferCopy(
        srcOffset: VkDeviceSize(source.offset), dstOffset: VkDeviceSize(target.offset), size: VkDeviceSize(bytes))
      functions.cmdCopyBuffer(commands, source.buffer, target.buffer, 1, &region)
    }
  }

  /// Repeats a 32-bit word over the first `bytes` bytes of a range, a multiple of 4.
  func fill(_ target: BufferRange, word: UInt32, bytes: Int) throws {
    guard bytes > 0 else { return }
    guard bytes <= target.size, bytes % 4 == 0 else {
      throw VulkanError(.failed, "a fill of \(bytes) bytes leaves its range")
    }
    try command("fill", KernelWork(bytes: bytes), reads: [], writes: [target.prefix(bytes)]) { functions, commands in
      functions.cmdFillBuffer(commands, target.buffer, VkDeviceSize(target.offset), VkDeviceSize(bytes), word)
    }
  }

  /// Memory that the host writes now and commands of the current submission read.
  func upload(bytes: Int) throws -> (range: BufferRange, mapped: UnsafeMutableRawPointer) {
    let taken = try open().uploads.take(bytes: bytes)
    guard let mapped = taken.mapped else { throw VulkanError(.failed, "upload memory is not mapped") }
    return (taken.range, mapped)
  }

  /// Device memory for commands of the current submission; in a sequence, until the next call.
  func temporary(bytes: Int) throws -> BufferRange {
    guard let sequence else { return try open().temporaries.take(bytes: bytes).range }
    let piece: MemoryArena.Piece
    if let scratch, scratch.range.count >= bytes {
      piece = scratch
    } else {
      piece = try memory.device.take(bytes: bytes)
      scratch = piece
    }
    sequence.keep(piece)
    return BufferRange(piece, size: max(4, bytes))
  }

  /// Keeps an object until every command recorded so far has run.
  func keep(_ object: AnyObject) {
    if isOpen {
      ring[position].kept.append(object)
    } else if timeline.completed < timeline.submitted {
      // The place before the current one was submitted last.
      ring[(position + ring.count - 1) % ring.count].kept.append(object)
    }
  }

  /// Number of the submission that holds the next command, to be waited for with `wait`.
  var nextSubmission: UInt64 { timeline.submitted + 1 }

  func wait(for submission: UInt64) throws {
    if submission > timeline.submitted { try flush() }
    try timeline.wait(for: min(submission, timeline.submitted))
  }

  /// Submits what has been recorded; does not wait.
  func flush() throws {
    guard isOpen else { return }
    let submission = ring[position]
    device.call { $0.recordBarrier(submission.buffer, toHost: true) }
    // Closed first: a submission that fails is recorded anew.
    isOpen = false
    try submission.end()
    try timeline.submit(submission.buffer)
    submission.value = timeline.submitted
    position = (position + 1) % ring.count
  }

  /// Submits what has been recorded and waits until all of it has run.
  func finish() throws {
    try flush()
    try timeline.wait(for: timeline.submitted)
    for submission in ring { try submission.queries?.collect() }
  }

  /// The submission being recorded, nil between two.
  var current: Submission? { isOpen ? ring[position] : nil }

  /// The submission being recorded; waits for its place in the ring where that still runs.
  func open() throws -> Submission {
    let submission = ring[position]
    if !isOpen {
      // What a failed submission was to use is never waited for.
      try timeline.wait(for: min(submission.lastUse, timeline.submitted))
      try submission.begin()
      isOpen = true
      // Another submission may have been the last to touch anything.
      pending = .unknown
    }
    return submission
  }

  private func command(
    _ stem: String, _ work: KernelWork, reads: [BufferRange], writes: [BufferRange],
    _ body: (DeviceFunctions, VkCommandBuffer) -> Void
  ) throws {
    if let sequence {
      guard (reads + writes).allSatisfy({ $0.lease == nil }) else {
        throw VulkanError(.failed, "\(stem) was given a range that its sequence outlives")
      }
      return try sequence.record(work, reads: reads, writes: writes, body)
    }
    let submission = try open()
    for range in reads + writes { try range.lease?.use(by: nextSubmission) }
    let mustWait = pending.add(reads: reads, writes: writes)
    // A command that is timed runs alone.
    if mustWait || submission.queries != nil { barrier(submission.buffer) }
    if let queries = submission.queries {
      queries.measure(stem, work, in: submission.buffer) {
        device.call { body($0, submission.buffer) }
      }
    } else {
      device.call { body($0, submission.buffer) }
    }
    submission.commandCount += 1
    submission.flops += work.flops
    if submission.commandCount >= bound.commands || submission.flops >= bound.flops { try flush() }
  }

  func barrier(_ commands: VkCommandBuffer) {
    if device.faults?.dropsBarriers != true { device.call { $0.recordBarrier(commands) } }
  }

  private func check(
    _ kernel: Kernel, _ buffers: [BufferRange], push: [UInt32], groups: (Int, Int, Int)
  ) throws {
    let limits = device.limits
    for range in buffers {
      guard range.offset % limits.storageAlignment == 0 else {
        throw VulkanError(.failed, "\(kernel.stem) was given a range that is not aligned")
      }
      guard range.size <= limits.maxStorageRange else {
        throw VulkanError(
          .capacity,
          "\(kernel.stem) needs \(range.size) bytes in one binding; the device takes \(limits.maxStorageRange)")
      }
    }
    guard push.count * 4 <= 128 else { throw VulkanError(.failed, "\(kernel.stem) has too many push constants") }
    for (count, limit) in zip([groups.0, groups.1, groups.2], limits.maxWorkGroupCount) {
      guard count > 0 else { throw VulkanError(.failed, "\(kernel.stem) was dispatched with no work") }
      guard count <= limit else {
        throw VulkanError(.capacity, "\(kernel.stem) needs \(count) work groups on an axis; the device takes \(limit)")
      }
    }
  }
}
