import SalienceShaders
import SalienceTensors

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
  /// The kernels that run on this device with products in a precision: all of them in float32, which need no more than
  /// every device offers, and those for matrix units where it has units for the precision.
  public func kernels(in precision: Precision) -> [String] {
    Shaders.stems.filter { stem in
      guard let own = Precision.allCases.first(where: { stem.hasSuffix("_\($0.rawValue)") }) else {
        return stem != "half_precision_rows" || productShapes[precision] != nil
      }
      return own == precision && productShapes[precision] != nil
    }
  }
}
