import CVulkan
import SalienceFoundation
import SalienceTensors

/// What went wrong between this program and a Vulkan device.
public struct VulkanError: DeviceFault {
  public enum Code: String, Sendable {
    /// The machine has no Vulkan loader, or one that is too old.
    case noLoader
    /// No device, or not the one that was asked for.
    case noDevice
    /// The device or the loader lacks something that the program cannot do without.
    case unsupported
    /// The device's memory is full (VK_ERROR_OUT_OF_DEVICE_MEMORY).
    case outOfDeviceMemory
    /// The host's memory is full (VK_ERROR_OUT_OF_HOST_MEMORY).
    case outOfHostMemory
    /// The device stopped and has to be opened again (VK_ERROR_DEVICE_LOST).
    case deviceLost
    /// A buffer or a dispatch exceeds a limit of the device; smaller batches may pass.
    case capacity
    /// A shader is missing or was refused.
    case shader
    /// Any other failure of a call, or a fault of this program's own use of the device.
    case failed
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// A device that keeps being lost may be there again for the next attempt; so may memory.
  public var kind: FaultKind { code == .deviceLost || isShortOfMemory ? .retry : .unavailable }

  public var remedy: DeviceRemedy {
    switch code {
    case .outOfDeviceMemory, .outOfHostMemory, .capacity: .smallerBatches
    case .deviceLost, .shader: .anotherDevice
    case .noLoader, .noDevice, .unsupported, .failed: .none
    }
  }

  var isShortOfMemory: Bool { remedy == .smallerBatches }
}

extension VulkanError {
  /// The error that a call's result stands for.
  init(_ result: VkResult, in call: String) {
    switch result {
    case VK_ERROR_OUT_OF_DEVICE_MEMORY: self.init(.outOfDeviceMemory, "out of device memory in \(call)")
    case VK_ERROR_OUT_OF_HOST_MEMORY: self.init(.outOfHostMemory, "out of host memory in \(call)")
    case VK_ERROR_DEVICE_LOST: self.init(.deviceLost, "the device was lost in \(call)")
    default: self.init(.failed, "\(call) failed with VkResult \(result.rawValue)")
    }
  }

  /// - Throws: `VulkanError` unless the call succeeded.
  static func check(_ result: VkResult, _ call: String) throws {
    guard result == VK_SUCCESS else { throw VulkanError(result, in: call) }
  }

  /// A handle that a successful call must have given.
  static func require<Handle>(_ handle: Handle?, _ call: String) throws -> Handle {
    guard let handle else { throw VulkanError(.failed, "\(call) gave nothing") }
    return handle
  }
}
