import CVulkan
import SalienceTensors

/// What kernels on matrix units need of a device besides the units: all off where one alone is missing.
struct MatrixUnitFeatures: Sendable {
  /// Precisions of the operands that kernels may name.
  private(set) var precisions: Set<Precision> = []
  /// Sizes of subgroups that a kernel may ask for; nil where it has to take the driver's.
  private(set) var subgroupSizes: ClosedRange<Int>?

  private static let bfloat16 = "VK_KHR_shader_bfloat16"
  private static let subgroupSizeControl = "VK_EXT_subgroup_size_control"

  static let none = Self()

  private init() {}

  /// - Parameter apiVersion: what the device may be used as.
  init(
    of device: VkPhysicalDevice, _ functions: InstanceFunctions, extensions: Set<String>, apiVersion: UInt32
  ) {
    // The memory model and 16-bit numbers are parts of Vulkan 1.2, which every device with such units has.
    guard apiVersion >= SALIENCE_VK_API_1_2, extensions.contains(CooperativeMatrix.extensionName) else { return }
    let chain = FeatureChain()
    let matrices = chain.add(Self.matrixFeatures())
    let numbers = chain.add(Self.numberFeatures())
    let model = chain.add(Self.memoryModelFeatures())
    let brain = extensions.contains(Self.bfloat16) ? chain.add(Self.bfloat16Features()) : nil
    let sizes = extensions.contains(Self.subgroupSizeControl) ? chain.add(Self.subgroupFeatures()) : nil
    var features = VkPhysicalDeviceFeatures2()
    features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2
    features.pNext = chain.head
    withExtendedLifetime(chain) {
      functions.getPhysicalDeviceFeatures2(device, &features)
      guard matrices.pointee.cooperativeMatrix != 0, model.pointee.vulkanMemoryModel != 0 else { return }
      if numbers.pointee.shaderFloat16 != 0 { precisions.insert(.f16) }
      if let brain = brain?.pointee, brain.shaderBFloat16Type != 0, brain.shaderBFloat16CooperativeMatrix != 0 {
        precisions.insert(.bf16)
      }
      if let sizes = sizes?.pointee, sizes.subgroupSizeControl != 0, sizes.computeFullSubgroups != 0 {
        subgroupSizes = Self.sizes(of: device, functions)
      }
    }
  }

  /// What to turn on when the device is opened.
  var extensions: [String] {
    guard !precisions.isEmpty else { return [] }
    return [CooperativeMatrix.extensionName] + (precisions.contains(.bf16) ? [Self.bfloat16] : [])
      + (subgroupSizes == nil ? [] : [Self.subgroupSizeControl])
  }

  /// What to turn on when the device is opened.
  func add(to chain: FeatureChain) {
    guard !precisions.isEmpty else { return }
    chain.add(Self.matrixFeatures()).pointee.cooperativeMatrix = VkBool32(VK_TRUE)
    chain.add(Self.memoryModelFeatures()).pointee.vulkanMemoryModel = VkBool32(VK_TRUE)
    if precisions.contains(.f16) { chain.add(Self.numberFeatures()).pointee.shaderFloat16 = VkBool32(VK_TRUE) }
    if precisions.contains(.bf16) {
      let features = chain.add(Self.bfloat16Features())
      features.pointee.shaderBFloat16Type = VkBool32(VK_TRUE)
      features.pointee.shaderBFloat16CooperativeMatrix = VkBool32(VK_TRUE)
    }
    if subgroupSizes != nil {
      let features = chain.add(Self.subgroupFeatures())
      features.pointee.subgroupSizeControl = VkBool32(VK_TRUE)
      features.pointee.computeFullSubgroups = VkBool32(VK_TRUE)
    }
  }

  private static func sizes(of device: VkPhysicalDevice, _ functions: InstanceFunctions) -> ClosedRange<Int>? {
    let chain = FeatureChain()
    var empty = VkPhysicalDeviceSubgroupSizeControlProperties()
    empty.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES
    let sizes = chain.add(empty)
    var properties = VkPhysicalDeviceProperties2()
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2
    properties.pNext = chain.head
    return withExtendedLifetime(chain) {
      functions.getPhysicalDeviceProperties2(device, &properties)
      let found = sizes.pointee
      guard found.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT.rawValue != 0,
        found.minSubgroupSize <= found.maxSubgroupSize
      else { return nil }
      return Int(found.minSubgroupSize)...Int(found.maxSubgroupSize)
    }
  }

  private static func matrixFeatures() -> SalienceCooperativeMatrixFeaturesKHR {
    var features = SalienceCooperativeMatrixFeaturesKHR()
    features.sType = VkStructureType(rawValue: SALIENCE_VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_FEATURES_KHR)
    return features
  }

  private static func bfloat16Features() -> SalienceShaderBFloat16FeaturesKHR {
    var features = SalienceShaderBFloat16FeaturesKHR()
    features.sType = VkStructureType(rawValue: SALIENCE_VK_STRUCTURE_TYPE_SHADER_BFLOAT16_FEATURES_KHR)
    return features
  }

  private static func numberFeatures() -> VkPhysicalDeviceShaderFloat16Int8Features {
    var features = VkPhysicalDeviceShaderFloat16Int8Features()
    features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES
    return features
  }

  private static func memoryModelFeatures() -> VkPhysicalDeviceVulkanMemoryModelFeatures {
    var features = VkPhysicalDeviceVulkanMemoryModelFeatures()
    features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_MEMORY_MODEL_FEATURES
    return features
  }

  private static func subgroupFeatures() -> VkPhysicalDeviceSubgroupSizeControlFeatures {
    var features = VkPhysicalDeviceSubgroupSizeControlFeatures()
    features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES
    return features
  }
}
