import CVulkan

/// The properties and features of a device that come as chained structures.
struct PhysicalDeviceQuery {
  private let properties: VkPhysicalDeviceProperties
  private let subgroups: VkPhysicalDeviceSubgroupProperties
  private let maintenance: VkPhysicalDeviceMaintenance3Properties
  let uuid: String
  private(set) var driverName = ""
  private(set) var driverInfo = ""
  private(set) var hasTimelineSemaphores = false

  init(
    _ handle: VkPhysicalDevice, _ functions: InstanceFunctions, extensions: Set<String>, apiVersion: UInt32
  ) {
    var identity = VkPhysicalDeviceIDProperties()
    identity.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES
    var subgroups = VkPhysicalDeviceSubgroupProperties()
    subgroups.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES
    var maintenance = VkPhysicalDeviceMaintenance3Properties()
    maintenance.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES
    var driver = VkPhysicalDeviceDriverProperties()
    driver.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES
    var properties = VkPhysicalDeviceProperties2()
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2
    let namesDriver = apiVersion >= SALIENCE_VK_API_1_2 || extensions.contains("VK_KHR_driver_properties")
    withUnsafeMutablePointer(to: &identity) { identity in
      withUnsafeMutablePointer(to: &subgroups) { subgroups in
        withUnsafeMutablePointer(to: &maintenance) { maintenance in
          withUnsafeMutablePointer(to: &driver) { driver in
            properties.pNext = UnsafeMutableRawPointer(identity)
            identity.pointee.pNext = UnsafeMutableRawPointer(subgroups)
            subgroups.pointee.pNext = UnsafeMutableRawPointer(maintenance)
            if namesDriver { maintenance.pointee.pNext = UnsafeMutableRawPointer(driver) }
            functions.getPhysicalDeviceProperties2(handle, &properties)
          }
        }
      }
    }
    self.properties = properties.properties
    self.subgroups = subgroups
    self.maintenance = maintenance
    uuid = withUnsafeBytes(of: identity.deviceUUID) { Self.text(uuid: Array($0)) }
    if namesDriver {
      driverName = SalienceVulkan.text(of: driver.driverName)
      driverInfo = SalienceVulkan.text(of: driver.driverInfo)
    }
    if apiVersion >= SALIENCE_VK_API_1_2 || extensions.contains("VK_KHR_timeline_semaphore") {
      var timeline = VkPhysicalDeviceTimelineSemaphoreFeatures()
      timeline.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES
      var features = VkPhysicalDeviceFeatures2()
      features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2
      withUnsafeMutablePointer(to: &timeline) { timeline in
        features.pNext = UnsafeMutableRawPointer(timeline)
        functions.getPhysicalDeviceFeatures2(handle, &features)
      }
      hasTimelineSemaphores = timeline.timelineSemaphore != 0
    }
  }

  func limits(hasTimestamps: Bool) -> VulkanLimits {
    let source = properties.limits
    var limits = VulkanLimits()
    limits.maxWorkGroupSize = Self.array(source.maxComputeWorkGroupSize)
    limits.maxWorkGroupInvocations = Int(source.maxComputeWorkGroupInvocations)
    limits.maxWorkGroupCount = Self.array(source.maxComputeWorkGroupCount)
    limits.sharedMemoryBytes = Int(source.maxComputeSharedMemorySize)
    limits.subgroupSize = Int(subgroups.subgroupSize)
    let inCompute = subgroups.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT.rawValue != 0
    limits.subgroupOperations = inCompute ? subgroups.supportedOperations : 0
    limits.maxStorageRange = Int(source.maxStorageBufferRange)
    limits.storageAlignment = max(4, Int(clamping: source.minStorageBufferOffsetAlignment))
    limits.maxAllocation = Int(clamping: maintenance.maxMemoryAllocationSize)
    limits.pushConstantBytes = Int(source.maxPushConstantsSize)
    limits.timestampPeriod = hasTimestamps ? Double(source.timestampPeriod) : 0
    return limits
  }

  private static func array(_ values: (UInt32, UInt32, UInt32)) -> [Int] {
    [Int(values.0), Int(values.1), Int(values.2)]
  }

  /// RFC 9562's groups of 8, 4, 4, 4 and 12 digits.
  private static func text(uuid bytes: [UInt8]) -> String {
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let groups = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16]
    return groups.map { digits[$0].joined() }.joined(separator: "-")
  }
}
