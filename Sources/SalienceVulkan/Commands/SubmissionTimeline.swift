import CVulkan

/// Counts one stream's submissions 1, 2, 3 … and waits for them: by a timeline semaphore, or by fences.
final class SubmissionTimeline {
  /// Number of the last submission.
  private(set) var submitted: UInt64 = 0
  /// Every submission up to this one has run.
  private(set) var completed: UInt64 = 0
  private let device: VulkanDevice
  private var semaphore: VkSemaphore?
  private var pending: [(value: UInt64, fence: VkFence)] = []
  private var spareFences: [VkFence] = []

  init(_ device: VulkanDevice) throws {
    self.device = device
    guard device.usesTimeline else { return }
    var type = VkSemaphoreTypeCreateInfo()
    type.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO
    type.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE
    var semaphore: VkSemaphore?
    try withUnsafePointer(to: &type) { type in
      var info = VkSemaphoreCreateInfo()
      info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO
      info.pNext = UnsafeRawPointer(type)
      try VulkanError.check(
        device.call { $0.createSemaphore(device.handle, &info, nil, &semaphore) }, "vkCreateSemaphore")
    }
    self.semaphore = try VulkanError.require(semaphore, "vkCreateSemaphore")
  }

  /// The owner has waited, or the device is lost.
  deinit {
    if let semaphore { device.call { $0.destroySemaphore(device.handle, semaphore, nil) } }
    for fence in pending.map(\.fence) + spareFences { device.call { $0.destroyFence(device.handle, fence, nil) } }
  }

  /// Submits a recorded command buffer as number `submitted + 1`.
  func submit(_ commands: VkCommandBuffer) throws {
    let value = submitted + 1
    var commands: VkCommandBuffer? = commands
    try withUnsafePointer(to: &commands) { commands in
      var info = VkSubmitInfo()
      info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO
      info.commandBufferCount = 1
      info.pCommandBuffers = commands
      if semaphore == nil {
        let fence = try spareFences.popLast() ?? createFence()
        do {
          try device.submit(&info, fence: fence)
        } catch {
          spareFences.append(fence)
          throw error
        }
        pending.append((value, fence))
      } else {
        try submit(&info, signalling: value)
      }
    }
    submitted = value
  }

  private func submit(_ info: inout VkSubmitInfo, signalling value: UInt64) throws {
    var value = value
    var timeline = VkTimelineSemaphoreSubmitInfo()
    timeline.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO
    timeline.signalSemaphoreValueCount = 1
    try withUnsafePointer(to: &value) { value in
      timeline.pSignalSemaphoreValues = value
      try withUnsafePointer(to: &timeline) { timeline in
        try withUnsafePointer(to: &semaphore) { semaphore in
          info.pNext = UnsafeRawPointer(timeline)
          info.signalSemaphoreCount = 1
          info.pSignalSemaphores = semaphore
          try device.submit(&info, fence: nil)
        }
      }
    }
  }

  /// Blocks until submission `value`, and so every earlier one, has run.
  ///
  /// - Throws: `VulkanError` with code `deviceLost`, or one of the out-of-memory codes.
  func wait(for value: UInt64) throws {
    guard value > completed else { return }
    if semaphore == nil { try waitForFences(value) } else { try waitForSemaphore(value) }
    completed = value
  }

  private func waitForSemaphore(_ value: UInt64) throws {
    var value = value
    try withUnsafePointer(to: &value) { value in
      try withUnsafePointer(to: &semaphore) { semaphore in
        var info = VkSemaphoreWaitInfo()
        info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO
        info.semaphoreCount = 1
        info.pSemaphores = semaphore
        info.pValues = value
        try VulkanError.check(
          device.call { $0.waitSemaphores?(device.handle, &info, UInt64.max) ?? VK_SUCCESS }, "vkWaitSemaphores")
      }
    }
  }

  private func waitForFences(_ value: UInt64) throws {
    while let (next, fence) = pending.first, next <= value {
      var waited: VkFence? = fence
      try VulkanError.check(
        device.call { $0.waitForFences(device.handle, 1, &waited, VkBool32(VK_TRUE), UInt64.max) }, "vkWaitForFences")
      try VulkanError.check(device.call { $0.resetFences(device.handle, 1, &waited) }, "vkResetFences")
      pending.removeFirst()
      spareFences.append(fence)
    }
  }

  private func createFence() throws -> VkFence {
    var info = VkFenceCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO
    var fence: VkFence?
    try VulkanError.check(device.call { $0.createFence(device.handle, &info, nil, &fence) }, "vkCreateFence")
    return try VulkanError.require(fence, "vkCreateFence")
  }
}
