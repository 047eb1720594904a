import CVulkan
import SalienceTensors

/// Timestamps before and after each command of one submission.
final class TimestampQueries {
  private let device: VulkanDevice
  private let pool: VkQueryPool
  private let collector: ProfileCollector
  private var commands: [(stem: String, work: KernelWork)] = []

  static let capacity = 512

  init(_ device: VulkanDevice, collector: ProfileCollector) throws {
    self.device = device
    self.collector = collector
    var info = VkQueryPoolCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO
    info.queryType = VK_QUERY_TYPE_TIMESTAMP
    info.queryCount = UInt32(2 * Self.capacity)
    var pool: VkQueryPool?
    try VulkanError.check(device.call { $0.createQueryPool(device.handle, &info, nil, &pool) }, "vkCreateQueryPool")
    self.pool = try VulkanError.require(pool, "vkCreateQueryPool")
  }

  deinit { device.call { $0.destroyQueryPool(device.handle, pool, nil) } }

  /// Records that the queries begin anew.
  func begin(_ buffer: VkCommandBuffer) {
    collector.begin()
    commands.removeAll(keepingCapacity: true)
    device.call { $0.cmdResetQueryPool(buffer, pool, 0, UInt32(2 * Self.capacity)) }
  }

  /// Records a command between two timestamps.
  func measure(_ stem: String, _ work: KernelWork, in buffer: VkCommandBuffer, _ command: () -> Void) {
    guard commands.count < Self.capacity else { return command() }
    let query = UInt32(2 * commands.count)
    commands.append((stem, work))
    // The barrier before the command has waited for the one before, so the top of the pipe is this command's start.
    device.call { $0.cmdWriteTimestamp(buffer, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, pool, query) }
    command()
    device.call { $0.cmdWriteTimestamp(buffer, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, pool, query + 1) }
  }

  /// Adds the times of a submission that has run.
  func collect() throws {
    guard !commands.isEmpty else { return }
    var ticks = [UInt64](repeating: 0, count: 2 * commands.count)
    let bytes = ticks.count * MemoryLayout<UInt64>.stride
    let flags = VK_QUERY_RESULT_64_BIT.rawValue | VK_QUERY_RESULT_WAIT_BIT.rawValue
    try VulkanError.check(
      device.call {
        $0.getQueryPoolResults(
          device.handle, pool, 0, UInt32(ticks.count), bytes, &ticks, VkDeviceSize(MemoryLayout<UInt64>.stride), flags)
      },
      "vkGetQueryPoolResults")
    for (index, command) in commands.enumerated() {
      let span = ticks[2 * index + 1] >= ticks[2 * index] ? ticks[2 * index + 1] - ticks[2 * index] : 0
      collector.add(
        command.stem, seconds: Double(span) * device.limits.timestampPeriod * 1e-9, work: command.work)
    }
    commands.removeAll(keepingCapacity: true)
  }
}
