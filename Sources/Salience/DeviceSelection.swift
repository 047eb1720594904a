import SalienceCPU
import SaliencePipeline
import SalienceTensors

/// A device that was asked for and is not there.
public struct DeviceError: Error, Sendable, CustomStringConvertible {
  public let message: String

  public var description: String { message }
}

extension Pipeline.Device {
  /// The backend to run on.
  ///
  /// - Throws: `DeviceError` where the device does not exist.
  public func backend() throws -> any Backend {
    switch self {
    case .auto, .cpu: return CPUBackend()
    case .vulkan: throw DeviceError(message: "device '\(text)': this build runs on the CPU only; use --device cpu")
    }
  }
}
