import SalienceShaders

/// The Vulkan devices of the machine.
public enum VulkanDevices {
  /// Every usable device, in the loader's order: `vulkan:0`, `vulkan:1` ….
  ///
  /// - Throws: `VulkanError` with code `noLoader` on a machine without Vulkan.
  public static func all() throws -> [VulkanDeviceInfo] {
    do {
      return try VulkanInstance(VulkanLoader()).physicalDevices().map(\.info)
    } catch let error as VulkanError where error.code == .failed {
      // A loader that finds no driver refuses the instance (VK_ERROR_INCOMPATIBLE_DRIVER): no device, no fault.
      return []
    }
  }
}

extension VulkanDeviceInfo {
  /// The kernels that run on this device: all of them in float32, which need no more than every device offers.
  public var kernels: [String] { Shaders.stems }
}
