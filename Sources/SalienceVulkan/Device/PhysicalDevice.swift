import CVulkan

/// A device of the machine, not opened yet.
struct PhysicalDevice: @unchecked Sendable {
  // Unchecked: handles of physical devices are immutable and outlive nothing but their instance, which is kept here.
  let handle: VkPhysicalDevice
  let instance: VulkanInstance
  let info: VulkanDeviceInfo
  let queueFamily: UInt32
  let memoryProperties: VkPhysicalDeviceMemoryProperties
  let extensions: Set<String>
  let matrixUnitFeatures: MatrixUnitFeatures
  let apiVersion: UInt32
  /// Packed as the driver packs it: with the UUID it names what a pipeline cache is good for.
  let driverVersion: UInt32
  let vendorID: UInt32
  let deviceID: UInt32
  let pipelineCacheUUID: [UInt8]

  /// - Returns: nil for a device without Vulkan 1.1 or without a compute queue.
  init?(_ handle: VkPhysicalDevice, index: Int, on instance: VulkanInstance) throws {
    let functions = instance.functions
    // Asked first on its own: a device of Vulkan 1.0 knows nothing of the chained structures.
    var plain = VkPhysicalDeviceProperties()
    functions.getPhysicalDeviceProperties(handle, &plain)
    guard plain.apiVersion >= SALIENCE_VK_API_1_1 else { return nil }
    var count: UInt32 = 0
    functions.getPhysicalDeviceQueueFamilyProperties(handle, &count, nil)
    var families = [VkQueueFamilyProperties](repeating: VkQueueFamilyProperties(), count: Int(count))
    functions.getPhysicalDeviceQueueFamilyProperties(handle, &count, &families)
    let compute = families.indices.filter { families[$0].queueFlags & VK_QUEUE_COMPUTE_BIT.rawValue != 0 }
    // A family without graphics has the device's compute queues to itself.
    let dedicated = compute.first { families[$0].queueFlags & VK_QUEUE_GRAPHICS_BIT.rawValue == 0 }
    guard let family = dedicated ?? compute.first else { return nil }
    let extensions = Set(
      try enumerated("vkEnumerateDeviceExtensionProperties", of: VkExtensionProperties()) { count, list in
        functions.enumerateDeviceExtensionProperties(handle, nil, count, list)
      }.map { text(of: $0.extensionName) })
    var memory = VkPhysicalDeviceMemoryProperties()
    functions.getPhysicalDeviceMemoryProperties(handle, &memory)

    let version = min(plain.apiVersion, instance.apiVersion)
    let query = PhysicalDeviceQuery(handle, functions, extensions: extensions, apiVersion: version)
    self.handle = handle
    self.instance = instance
    self.extensions = extensions
    queueFamily = UInt32(family)
    memoryProperties = memory
    apiVersion = version
    driverVersion = plain.driverVersion
    (vendorID, deviceID) = (plain.vendorID, plain.deviceID)
    pipelineCacheUUID = withUnsafeBytes(of: plain.pipelineCacheUUID) { Array($0) }
    let features = MatrixUnitFeatures(of: handle, functions, extensions: extensions, apiVersion: version)
    matrixUnitFeatures = features
    let shapes = try CooperativeMatrix.shapes(of: handle, functions, extensions: extensions)
    let limits = query.limits(hasTimestamps: families[family].timestampValidBits > 0)
    info = VulkanDeviceInfo(
      index: index, name: text(of: plain.deviceName), kind: Self.kind(plain.deviceType), uuid: query.uuid,
      driverName: query.driverName,
      driverVersion: query.driverInfo.isEmpty ? "\(plain.driverVersion)" : query.driverInfo,
      apiVersion: "\(plain.apiVersion >> 22 & 0x7F).\(plain.apiVersion >> 12 & 0x3FF).\(plain.apiVersion & 0xFFF)",
      deviceHeaps: Self.deviceHeaps(memory), limits: limits, hasTimelineSemaphores: query.hasTimelineSemaphores,
      matrixShapes: shapes,
      productShapes: Dictionary(
        uniqueKeysWithValues: features.precisions.compactMap { precision in
          CooperativeMatrix.shape(for: precision, among: shapes).map { (precision, $0) }
        }))
  }

  private static func kind(_ type: VkPhysicalDeviceType) -> VulkanDeviceInfo.Kind {
    switch type {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: .discrete
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: .integrated
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: .virtual
    case VK_PHYSICAL_DEVICE_TYPE_CPU: .cpu
    default: .other
    }
  }

  private static func deviceHeaps(_ memory: VkPhysicalDeviceMemoryProperties) -> [Int] {
    withUnsafeBytes(of: memory.memoryHeaps) { bytes in
      bytes.bindMemory(to: VkMemoryHeap.self).prefix(Int(memory.memoryHeapCount))
        .filter { $0.flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT.rawValue != 0 }
        .map { Int(clamping: $0.size) }
    }
  }

  /// Property flags of each memory type.
  var memoryTypeFlags: [UInt32] {
    withUnsafeBytes(of: memoryProperties.memoryTypes) { bytes in
      bytes.bindMemory(to: VkMemoryType.self).prefix(Int(memoryProperties.memoryTypeCount)).map(\.propertyFlags)
    }
  }
}
