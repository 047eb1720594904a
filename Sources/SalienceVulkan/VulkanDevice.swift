import CVulkan
import Foundation

/// An opened device with one compute queue, which any number of threads may submit to.
final class VulkanDevice: @unchecked Sendable {
  // Unchecked: immutable after init; the queue is used under `queueLock` only.
  let handle: VkDevice
  let physical: PhysicalDevice
  let functions: DeviceFunctions
  let usesTimeline: Bool
  /// nil outside tests.
  let faults: VulkanFaults?
  private let queue: VkQueue
  private let queueLock = NSLock()

  var info: VulkanDeviceInfo { physical.info }
  var limits: VulkanLimits { physical.info.limits }

  /// - Parameter usesTimeline: false waits through fences even where the device has timeline semaphores.
  /// - Throws: `VulkanError`.
  init(_ physical: PhysicalDevice, usesTimeline: Bool = true, faults: VulkanFaults? = nil) throws {
    let functions = physical.instance.functions
    let timeline = usesTimeline && physical.info.hasTimelineSemaphores
    let isCore = physical.apiVersion >= SALIENCE_VK_API_1_2
    let extensions = timeline && !isCore ? ["VK_KHR_timeline_semaphore"] : []
    let priority: [Float] = [1]
    var handle: VkDevice?
    try priority.withUnsafeBufferPointer { priority in
      var queue = VkDeviceQueueCreateInfo()
      queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO
      queue.queueFamilyIndex = physical.queueFamily
      queue.queueCount = 1
      queue.pQueuePriorities = priority.baseAddress
      var features = VkPhysicalDeviceTimelineSemaphoreFeatures()
      features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES
      features.timelineSemaphore = VkBool32(VK_TRUE)
      try withUnsafePointer(to: &queue) { queue in
        try withUnsafePointer(to: &features) { features in
          try withCStrings(extensions) { extensions in
            var info = VkDeviceCreateInfo()
            info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO
            info.pNext = timeline ? UnsafeRawPointer(features) : nil
            info.queueCreateInfoCount = 1
            info.pQueueCreateInfos = queue
            info.enabledExtensionCount = UInt32(extensions.count)
            info.ppEnabledExtensionNames = extensions.baseAddress
            try VulkanError.check(functions.createDevice(physical.handle, &info, nil, &handle), "vkCreateDevice")
          }
        }
      }
    }
    let device = try VulkanError.require(handle, "vkCreateDevice")
    let own = try DeviceFunctions(device, lookUp: functions.getDeviceProcAddr)
    var queue: VkQueue?
    own.getDeviceQueue(device, physical.queueFamily, 0, &queue)
    self.handle = device
    self.physical = physical
    self.functions = own
    self.usesTimeline = timeline && own.waitSemaphores != nil
    self.faults = faults
    self.queue = try VulkanError.require(queue, "vkGetDeviceQueue")
  }

  deinit {
    _ = functions.deviceWaitIdle(handle)
    functions.destroyDevice(handle, nil)
  }

  /// Hands work to the queue.
  func submit(_ info: inout VkSubmitInfo, fence: VkFence?) throws {
    try faults?.pass(.submission)
    try queueLock.withLock {
      try VulkanError.check(functions.queueSubmit(queue, 1, &info, fence), "vkQueueSubmit")
    }
  }
}
