import SalienceVulkan
import Synchronization
import Testing

/// A Vulkan device that tests run on, software devices too.
///
/// The loader's own variable VK_ICD_FILENAMES chooses the drivers, and so the devices.
public struct VulkanTestDevice: Sendable, CustomTestStringConvertible {
  public let info: VulkanDeviceInfo

  /// Every device that the loader finds; none on a machine without Vulkan.
  public static let all = ((try? VulkanDevices.all()) ?? []).map(VulkanTestDevice.init)
  public static let absence: Comment = "no Vulkan device"

  /// A software device where there is one, for a fault must not disturb a real one.
  public static let harmless: VulkanTestDevice? = all.first(where: \.isSoftware) ?? all.first

  /// As `--device` takes it.
  public var name: String { "vulkan:\(info.index)" }

  /// Whether it runs on the processor.
  public var isSoftware: Bool { info.kind == .cpu }

  public var testDescription: String { "\(info.name), \(info.driverName) \(info.driverVersion)" }

  /// Opened once for all tests, for kernels take their time to compile.
  private static let opened = Mutex<[String: VulkanBackend]>([:])

  /// The device with batches of `tokenBudget` tokens, watched by the validation layer where that is installed.
  public func backend(tokenBudget: Int? = nil) throws -> VulkanBackend {
    try Self.opened.withLock { opened in
      let key = "\(info.uuid) \(tokenBudget ?? 0)"
      if let backend = opened[key] { return backend }
      let backend = try (try? open(tokenBudget, validation: true)) ?? open(tokenBudget, validation: false)
      opened[key] = backend
      return backend
    }
  }

  private func open(_ tokenBudget: Int?, validation: Bool) throws -> VulkanBackend {
    try VulkanBackend(
      selection: .uuid(info.uuid), tokenBudget: tokenBudget, validation: validation, cacheDirectory: "")
  }
}
