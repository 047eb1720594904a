/// Which Vulkan device to run on.
public enum VulkanSelection: Sendable, Equatable {
  /// The first discrete device, else the first integrated, else the first virtual one; never a software device.
  case auto
  /// The device of this number, whatever it is.
  case index(Int)
  /// The device of this UUID, whatever it is; hyphens and case do not matter.
  case uuid(String)

  /// The chosen one of `devices`.
  ///
  /// - Throws: `VulkanError` with code `noDevice`, naming what is there.
  public func choose(from devices: [VulkanDeviceInfo]) throws -> VulkanDeviceInfo {
    switch self {
    case .auto:
      for kind in [VulkanDeviceInfo.Kind.discrete, .integrated, .virtual] {
        if let device = devices.first(where: { $0.kind == kind }) { return device }
      }
      throw VulkanError(.noDevice, "no GPU with Vulkan 1.1\(Self.listing(devices))")
    case .index(let index):
      if let device = devices.first(where: { $0.index == index }) { return device }
      throw VulkanError(.noDevice, "no Vulkan device \(index)\(Self.listing(devices))")
    case .uuid(let uuid):
      let wanted = Self.normalized(uuid)
      if let device = devices.first(where: { Self.normalized($0.uuid) == wanted }) { return device }
      throw VulkanError(.noDevice, "no Vulkan device of UUID \(uuid)\(Self.listing(devices))")
    }
  }

  private static func normalized(_ uuid: String) -> String {
    uuid.lowercased().filter { $0 != "-" }
  }

  private static func listing(_ devices: [VulkanDeviceInfo]) -> String {
    guard !devices.isEmpty else { return ": none was found" }
    return "; found " + devices.map { "vulkan:\($0.index) (\($0.name), \($0.kind.rawValue))" }.joined(separator: ", ")
  }
}
