import CVulkan
import SalienceTensors

/// Commands recorded once, for any number of submissions to execute, several at a time.
final class CommandSequence {
  /// A command buffer whose work is bounded, as that of a submission is.
  struct Segment {
    let buffer: VkCommandBuffer
    fileprivate(set) var commandCount = 0
    fileprivate(set) var flops = 0
    /// What its commands leave behind.
    fileprivate(set) var pending = PendingAccesses()
  }

  let descriptors: DescriptorPools
  private(set) var segments: [Segment] = []
  private var kept: [AnyObject] = []
  private let device: VulkanDevice
  private let pool: VkCommandPool
  private let bound: CommandRecorder.Bound

  /// - Parameter bound: on the work of a segment.
  init(_ device: VulkanDevice, bound: CommandRecorder.Bound) throws {
    try device.faults?.pass(.recording)
    self.device = device
    self.bound = bound
    pool = try Submission.createPool(device)
    descriptors = DescriptorPools(device)
  }

  /// The owner has waited.
  deinit { device.call { $0.destroyCommandPool(device.handle, pool, nil) } }

  /// Keeps an object as long as the commands.
  func keep(_ object: AnyObject) { kept.append(object) }

  /// Records a command after those before.
  func record(
    _ work: KernelWork, reads: [BufferRange], writes: [BufferRange], _ body: (DeviceFunctions, VkCommandBuffer) -> Void
  ) throws {
    if segments.last.map({ $0.commandCount >= bound.commands || $0.flops >= bound.flops }) ?? true { try add() }
    let index = segments.count - 1
    let mustWait = segments[index].pending.add(reads: reads, writes: writes)
    if mustWait, device.faults?.dropsBarriers != true { device.call { $0.recordBarrier(segments[index].buffer) } }
    device.call { body($0, segments[index].buffer) }
    segments[index].commandCount += 1
    segments[index].flops += work.flops
  }

  /// Ends the last segment.
  func end() throws {
    guard let last = segments.last else { return }
    try VulkanError.check(device.call { $0.endCommandBuffer(last.buffer) }, "vkEndCommandBuffer")
  }

  private func add() throws {
    try end()
    let buffer = try Submission.allocateBuffer(device, pool, level: VK_COMMAND_BUFFER_LEVEL_SECONDARY)
    var inheritance = VkCommandBufferInheritanceInfo()
    inheritance.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_INHERITANCE_INFO
    try withUnsafePointer(to: &inheritance) { inheritance in
      var info = VkCommandBufferBeginInfo()
      info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO
      // One submission may run while another executes the same commands again.
      info.flags = VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT.rawValue
      info.pInheritanceInfo = inheritance
      try VulkanError.check(device.call { $0.beginCommandBuffer(buffer, &info) }, "vkBeginCommandBuffer")
    }
    segments.append(Segment(buffer: buffer))
  }
}
