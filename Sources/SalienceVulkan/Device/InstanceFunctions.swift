import CVulkan

/// What can be called on an instance and its physical devices.
struct InstanceFunctions: Sendable {
  let destroyInstance: PFN_vkDestroyInstance
  let enumeratePhysicalDevices: PFN_vkEnumeratePhysicalDevices
  let getPhysicalDeviceProperties: PFN_vkGetPhysicalDeviceProperties
  let getPhysicalDeviceProperties2: PFN_vkGetPhysicalDeviceProperties2
  let getPhysicalDeviceFeatures2: PFN_vkGetPhysicalDeviceFeatures2
  let getPhysicalDeviceMemoryProperties: PFN_vkGetPhysicalDeviceMemoryProperties
  let getPhysicalDeviceQueueFamilyProperties: PFN_vkGetPhysicalDeviceQueueFamilyProperties
  let enumerateDeviceExtensionProperties: PFN_vkEnumerateDeviceExtensionProperties
  let createDevice: PFN_vkCreateDevice
  let getDeviceProcAddr: PFN_vkGetDeviceProcAddr
  /// With VK_EXT_debug_utils alone.
  let createDebugUtilsMessenger: PFN_vkCreateDebugUtilsMessengerEXT?
  let destroyDebugUtilsMessenger: PFN_vkDestroyDebugUtilsMessengerEXT?
  /// Where the loader knows VK_KHR_cooperative_matrix.
  let getCooperativeMatrixProperties: SaliencePFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR?

  init(_ loader: VulkanLoader, _ instance: VkInstance) throws {
    destroyInstance = try loader.function("vkDestroyInstance", of: instance)
    enumeratePhysicalDevices = try loader.function("vkEnumeratePhysicalDevices", of: instance)
    getPhysicalDeviceProperties = try loader.function("vkGetPhysicalDeviceProperties", of: instance)
    getPhysicalDeviceProperties2 = try loader.function("vkGetPhysicalDeviceProperties2", of: instance)
    getPhysicalDeviceFeatures2 = try loader.function("vkGetPhysicalDeviceFeatures2", of: instance)
    getPhysicalDeviceMemoryProperties = try loader.function("vkGetPhysicalDeviceMemoryProperties", of: instance)
    getPhysicalDeviceQueueFamilyProperties = try loader.function(
      "vkGetPhysicalDeviceQueueFamilyProperties", of: instance)
    enumerateDeviceExtensionProperties = try loader.function("vkEnumerateDeviceExtensionProperties", of: instance)
    createDevice = try loader.function("vkCreateDevice", of: instance)
    getDeviceProcAddr = try loader.function("vkGetDeviceProcAddr", of: instance)
    createDebugUtilsMessenger = loader.optionalFunction("vkCreateDebugUtilsMessengerEXT", of: instance)
    destroyDebugUtilsMessenger = loader.optionalFunction("vkDestroyDebugUtilsMessengerEXT", of: instance)
    getCooperativeMatrixProperties = loader.optionalFunction(
      "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR", of: instance)
  }
}

/// Calls an enumerating function twice: for the count, then for the elements.
///
/// - Throws: `VulkanError`.
func enumerated<Element>(
  _ call: String, of empty: Element,
  _ body: (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<Element>?) -> VkResult
) throws -> [Element] {
  while true {
    var count: UInt32 = 0
    try VulkanError.check(body(&count, nil), call)
    guard count > 0 else { return [] }
    var elements = [Element](repeating: empty, count: Int(count))
    let result = elements.withUnsafeMutableBufferPointer { body(&count, $0.baseAddress) }
    // VK_INCOMPLETE: the list grew between the two calls.
    if result == VK_INCOMPLETE { continue }
    try VulkanError.check(result, call)
    return Array(elements.prefix(Int(count)))
  }
}

/// Text of a fixed array of characters inside a C structure.
func text<Characters>(of characters: Characters) -> String {
  withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
