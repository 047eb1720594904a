import CVulkan

/// A connection to the Vulkan loader and its drivers.
final class VulkanInstance: @unchecked Sendable {
  // Unchecked: immutable after init; the calls made on it need no lock.
  let handle: VkInstance
  let functions: InstanceFunctions
  /// What the instance was made for: 1.1, or 1.2 where the loader has it.
  let apiVersion: UInt32
  /// nil without validation.
  let messages: ValidationMessages?
  private let messenger: VkDebugUtilsMessengerEXT?
  private let loader: VulkanLoader
  /// How calls are kept apart that the validation layer confuses; nil without it.
  let access: LayerAccess?

  static let validationLayer = "VK_LAYER_KHRONOS_validation"

  /// - Parameter messages: collects what the validation layer says; nil leaves the layer out.
  /// - Throws: `VulkanError` with code `noLoader`, or `unsupported` where validation is asked for and not installed.
  init(_ loader: VulkanLoader, messages: ValidationMessages? = nil) throws {
    var version: UInt32 = 0
    try VulkanError.check(loader.functions.enumerateInstanceVersion(&version), "vkEnumerateInstanceVersion")
    guard version >= SALIENCE_VK_API_1_1 else {
      throw VulkanError(.noLoader, "Vulkan 1.1 or newer is needed")
    }
    if messages != nil { try Self.requireValidation(loader) }
    let apiVersion = version >= SALIENCE_VK_API_1_2 ? SALIENCE_VK_API_1_2 : SALIENCE_VK_API_1_1
    let access = messages == nil ? nil : LayerAccess.validation
    let handle = try access.exclusive { try Self.create(loader, apiVersion: apiVersion, messages: messages) }
    access?.closeAtExit()
    var messenger: VkDebugUtilsMessengerEXT?
    let functions = try access.shared {
      let functions = try InstanceFunctions(loader, handle)
      if let messages, let create = functions.createDebugUtilsMessenger {
        var info = messages.messengerInfo()
        try VulkanError.check(create(handle, &info, nil, &messenger), "vkCreateDebugUtilsMessengerEXT")
      }
      return functions
    }
    self.loader = loader
    self.access = access
    self.handle = handle
    self.functions = functions
    self.apiVersion = apiVersion
    self.messages = messages
    self.messenger = messenger
  }

  deinit {
    access.exclusive {
      if let messenger { functions.destroyDebugUtilsMessenger?(handle, messenger, nil) }
      functions.destroyInstance(handle, nil)
    }
  }

  /// Every device with a compute queue and Vulkan 1.1, in the loader's order.
  func physicalDevices() throws -> [PhysicalDevice] {
    try access.shared {
      let handles = try enumerated("vkEnumeratePhysicalDevices", of: VkPhysicalDevice?.none) { count, list in
        functions.enumeratePhysicalDevices(handle, count, list)
      }
      return try handles.enumerated().compactMap { index, device in
        try device.flatMap { try PhysicalDevice($0, index: index, on: self) }
      }
    }
  }

  private static func requireValidation(_ loader: VulkanLoader) throws {
    let layers = try enumerated("vkEnumerateInstanceLayerProperties", of: VkLayerProperties()) { count, list in
      loader.functions.enumerateInstanceLayerProperties(count, list)
    }
    guard layers.contains(where: { text(of: $0.layerName) == validationLayer }) else {
      throw VulkanError(.unsupported, "validation was asked for, but \(validationLayer) is not installed")
    }
  }

  /// With `messages`, the layer checks calls and memory hazards between commands, from this call on.
  private static func create(
    _ loader: VulkanLoader, apiVersion: UInt32, messages: ValidationMessages?
  ) throws -> VkInstance {
    var application = VkApplicationInfo()
    application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO
    application.apiVersion = apiVersion
    let layers = messages == nil ? [] : [validationLayer]
    let extensions = messages == nil ? [] : ["VK_EXT_debug_utils", "VK_EXT_validation_features"]
    var handle: VkInstance?
    try withUnsafePointer(to: &application) { application in
      try withCStrings(layers) { layers in
        try withCStrings(extensions) { extensions in
          try withMessengers(messages) { next in
            var info = VkInstanceCreateInfo()
            info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO
            info.pNext = next
            info.pApplicationInfo = application
            (info.enabledLayerCount, info.ppEnabledLayerNames) = (UInt32(layers.count), layers.baseAddress)
            (info.enabledExtensionCount, info.ppEnabledExtensionNames) = (
              UInt32(extensions.count), extensions.baseAddress
            )
            try VulkanError.check(loader.functions.createInstance(&info, nil, &handle), "vkCreateInstance")
          }
        }
      }
    }
    return try VulkanError.require(handle, "vkCreateInstance")
  }

  /// The chain that turns synchronisation validation on and reports what is found while an instance is made.
  private static func withMessengers(
    _ messages: ValidationMessages?, _ body: (UnsafeRawPointer?) throws -> Void
  ) throws {
    guard let messages else { return try body(nil) }
    var messenger = messages.messengerInfo()
    var enabled = [VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT]
    var features = VkValidationFeaturesEXT()
    features.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT
    try withUnsafePointer(to: &messenger) { messenger in
      try enabled.withUnsafeMutableBufferPointer { enabled in
        features.pNext = UnsafeRawPointer(messenger)
        features.enabledValidationFeatureCount = UInt32(enabled.count)
        features.pEnabledValidationFeatures = UnsafePointer(enabled.baseAddress)
        try withUnsafePointer(to: &features) { try body(UnsafeRawPointer($0)) }
      }
    }
  }
}

/// Lends strings to a C structure that takes an array of them.
func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) throws -> Result
) rethrows -> Result {
  let copies = strings.map { ContiguousArray($0.utf8CString) }
  func lend(_ index: Int, _ pointers: [UnsafePointer<CChar>?]) throws -> Result {
    guard index < copies.count else { return try pointers.withUnsafeBufferPointer(body) }
    return try copies[index].withUnsafeBufferPointer { try lend(index + 1, pointers + [$0.baseAddress]) }
  }
  return try lend(0, [])
}
