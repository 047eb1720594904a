import CVulkan
import Foundation
import SalienceTensors

/// An opened device with one compute queue, which any number of threads may submit to.
final class VulkanDevice: @unchecked Sendable {
  // Unchecked: immutable after init; the queue is used under `queueLock` only.
  let handle: VkDevice
  let physical: PhysicalDevice
  private let functions: DeviceFunctions
  let usesTimeline: Bool
  /// What is turned on for kernels on matrix units.
  private let matrixUnitFeatures: MatrixUnitFeatures
  /// nil outside tests.
  let faults: VulkanFaults?
  private let queue: VkQueue
  private let queueLock = NSLock()

  var info: VulkanDeviceInfo { physical.info }
  var limits: VulkanLimits { physical.info.limits }

  /// - Parameters:
  ///   - usesTimeline: false waits through fences even where the device has timeline semaphores.
  ///   - usesMatrixUnits: false leaves them alone even where the device has them.
  /// - Throws: `VulkanError`.
  init(
    _ physical: PhysicalDevice, usesTimeline: Bool = true, usesMatrixUnits: Bool = true, faults: VulkanFaults? = nil
  ) throws {
    let functions = physical.instance.functions
    let timeline = usesTimeline && physical.info.hasTimelineSemaphores
    let isCore = physical.apiVersion >= SALIENCE_VK_API_1_2
    let units = usesMatrixUnits && !physical.info.productShapes.isEmpty ? physical.matrixUnitFeatures : .none
    let extensions = (timeline && !isCore ? ["VK_KHR_timeline_semaphore"] : []) + units.extensions
    let chain = FeatureChain()
    units.add(to: chain)
    if timeline {
      var features = VkPhysicalDeviceTimelineSemaphoreFeatures()
      features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES
      features.timelineSemaphore = VkBool32(VK_TRUE)
      _ = chain.add(features)
    }
    let priority: [Float] = [1]
    let access = physical.instance.access
    var handle: VkDevice?
    try priority.withUnsafeBufferPointer { priority in
      var queue = VkDeviceQueueCreateInfo()
      queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO
      queue.queueFamilyIndex = physical.queueFamily
      queue.queueCount = 1
      queue.pQueuePriorities = priority.baseAddress
      try withUnsafePointer(to: &queue) { queue in
        try withCStrings(extensions) { extensions in
          var info = VkDeviceCreateInfo()
          info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO
          info.pNext = UnsafeRawPointer(chain.head)
          info.queueCreateInfoCount = 1
          info.pQueueCreateInfos = queue
          info.enabledExtensionCount = UInt32(extensions.count)
          info.ppEnabledExtensionNames = extensions.baseAddress
          try withExtendedLifetime(chain) {
            try VulkanError.check(
              access.exclusive { functions.createDevice(physical.handle, &info, nil, &handle) }, "vkCreateDevice")
          }
        }
      }
    }
    let device = try VulkanError.require(handle, "vkCreateDevice")
    var queue: VkQueue?
    let own = try access.shared {
      let own = try DeviceFunctions(device, lookUp: functions.getDeviceProcAddr)
      own.getDeviceQueue(device, physical.queueFamily, 0, &queue)
      return own
    }
    self.handle = device
    self.physical = physical
    self.functions = own
    self.usesTimeline = timeline && own.waitSemaphores != nil
    matrixUnitFeatures = units
    self.faults = faults
    self.queue = try VulkanError.require(queue, "vkGetDeviceQueue")
  }

  deinit {
    _ = call { $0.deviceWaitIdle(handle) }
    physical.instance.access.exclusive { functions.destroyDevice(handle, nil) }
  }

  /// Calls functions of the device; `body` must not call here again.
  func call<Answer>(_ body: (DeviceFunctions) throws -> Answer) rethrows -> Answer {
    guard let access = physical.instance.access else { return try body(functions) }
    return try access.shared { try body(functions) }
  }

  /// The matrix units for products in a precision; nil where there are none, or they are not used.
  func matrixUnits(for precision: Precision) -> MatrixUnits? {
    guard matrixUnitFeatures.precisions.contains(precision), let shape = info.productShapes[precision] else {
      return nil
    }
    return MatrixUnits(shape: shape, precision: precision, subgroupSize: limits.subgroupSize)
  }

  /// Whether kernels may ask for subgroups of a size, and for full ones.
  func controlsSubgroups(ofSize size: Int) -> Bool { matrixUnitFeatures.subgroupSizes?.contains(size) ?? false }

  /// Hands work to the queue.
  func submit(_ info: inout VkSubmitInfo, fence: VkFence?) throws {
    try faults?.pass(.submission)
    try queueLock.withLock {
      try VulkanError.check(call { $0.queueSubmit(queue, 1, &info, fence) }, "vkQueueSubmit")
    }
  }
}
