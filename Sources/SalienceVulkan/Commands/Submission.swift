import CVulkan
import SalienceTensors

/// One place in a recorder's ring: a command buffer and everything that lives as long as it runs.
final class Submission {
  let buffer: VkCommandBuffer
  let descriptors: DescriptorPools
  let uploads: TransientMemory
  let temporaries: TransientMemory
  let queries: TimestampQueries?
  /// Its number on the timeline; 0 before the first submission.
  var value: UInt64 = 0
  /// Commands and work recorded so far.
  var (commandCount, flops) = (0, 0)
  /// What its commands use and nobody else may keep.
  var kept: [AnyObject] = []
  private let device: VulkanDevice
  private let pool: VkCommandPool

  init(_ device: VulkanDevice, memory: VulkanMemory, profile: ProfileCollector?) throws {
    let owned = try Self.createPool(device)
    do {
      buffer = try Self.allocateBuffer(device, owned, level: VK_COMMAND_BUFFER_LEVEL_PRIMARY)
      let measures = device.limits.timestampPeriod > 0
      queries = try measures ? profile.map { try TimestampQueries(device, collector: $0) } : nil
    } catch {
      device.call { $0.destroyCommandPool(device.handle, owned, nil) }
      throw error
    }
    self.pool = owned
    self.device = device
    descriptors = DescriptorPools(device)
    uploads = TransientMemory(memory.upload)
    temporaries = TransientMemory(memory.device)
  }

  /// The owner has waited.
  deinit { device.call { $0.destroyCommandPool(device.handle, pool, nil) } }

  /// The last submission that reads anything handed out here.
  var lastUse: UInt64 { max(value, uploads.lastUse, temporaries.lastUse) }

  /// Whether that much more work would be too much for one submission.
  func isFull(_ moreCommands: Int, _ moreFLOPs: Int, _ bound: CommandRecorder.Bound) -> Bool {
    commandCount > 0 && (commandCount + moreCommands > bound.commands || flops + moreFLOPs > bound.flops)
  }

  /// Begins to record anew; the caller has waited for `lastUse`.
  func begin() throws {
    try queries?.collect()
    kept.removeAll()
    (commandCount, flops) = (0, 0)
    uploads.reset()
    temporaries.reset()
    try descriptors.reset()
    try VulkanError.check(device.call { $0.resetCommandPool(device.handle, pool, 0) }, "vkResetCommandPool")
    var info = VkCommandBufferBeginInfo()
    info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO
    info.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT.rawValue
    try VulkanError.check(device.call { $0.beginCommandBuffer(buffer, &info) }, "vkBeginCommandBuffer")
    queries?.begin(buffer)
  }

  func end() throws { try VulkanError.check(device.call { $0.endCommandBuffer(buffer) }, "vkEndCommandBuffer") }

  static func createPool(_ device: VulkanDevice) throws -> VkCommandPool {
    var info = VkCommandPoolCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO
    info.queueFamilyIndex = device.physical.queueFamily
    var pool: VkCommandPool?
    try VulkanError.check(device.call { $0.createCommandPool(device.handle, &info, nil, &pool) }, "vkCreateCommandPool")
    return try VulkanError.require(pool, "vkCreateCommandPool")
  }

  static func allocateBuffer(
    _ device: VulkanDevice, _ pool: VkCommandPool, level: VkCommandBufferLevel
  ) throws -> VkCommandBuffer {
    var info = VkCommandBufferAllocateInfo()
    info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO
    info.commandPool = pool
    info.level = level
    info.commandBufferCount = 1
    var buffer: VkCommandBuffer?
    try VulkanError.check(
      device.call { $0.allocateCommandBuffers(device.handle, &info, &buffer) }, "vkAllocateCommandBuffers")
    return try VulkanError.require(buffer, "vkAllocateCommandBuffers")
  }
}
