import SalienceCPU
import SalienceFoundation
import SaliencePipeline
import SalienceTensors
import SalienceVulkan

/// A device that was asked for and is not there.
public struct DeviceError: Fault {
  public let message: String
  public var kind: FaultKind { .unavailable }
}

extension Pipeline.Device {
  /// The backend to run on: `auto` is the best GPU, or the processor where there is none.
  ///
  /// - Parameters:
  ///   - precision: of matrix products; f32 where the device lacks it, as the backend's description tells.
  ///   - profile: whether every kernel is timed.
  ///   - faults: failures of a GPU to inject, in tests.
  ///   - warn: told what a GPU's faults lead to; by default standard error is.
  /// - Throws: `DeviceError` where the device does not exist or cannot be opened.
  public func backend(
    precision: Precision = .f32, profile: Bool = false, faults: VulkanFaults? = nil,
    warn: @escaping @Sendable (String) -> Void = warnOnStandardError
  ) throws -> any Backend {
    switch self {
    case .cpu: return CPUBackend(precision: precision, profile: profile)
    case .auto:
      do {
        return try VulkanBackend(
          selection: .auto, precision: precision, profile: profile, faults: faults, warn: warn)
      } catch let error as VulkanError {
        // No GPU is the usual thing; one that does not open is worth a word.
        if error.code != .noDevice && error.code != .noLoader { warn("running on the CPU: \(error.message)") }
        return CPUBackend(precision: precision, profile: profile)
      }
    case .vulkan, .vulkanUUID:
      do {
        return try VulkanBackend(
          selection: vulkanSelection(), precision: precision, profile: profile, faults: faults, warn: warn)
      } catch let error as VulkanError {
        throw DeviceError(message: "device '\(text)': \(error.message)")
      }
    }
  }

  /// `vulkan` alone is the best GPU; a software device runs only where its number or UUID is given.
  private func vulkanSelection() -> VulkanSelection {
    switch self {
    case .vulkanUUID(let uuid): .uuid(uuid)
    case .vulkan(let index?): .index(index)
    default: .auto
    }
  }
}
