import Foundation
import SalienceTensors

/// How to open a device, and open it again.
struct VulkanConfiguration: Sendable {
  let uuid: String
  let messages: ValidationMessages?
  let faults: VulkanFaults?
  let profile: ProfileCollector?
  /// nil keeps no pipelines on disk.
  let cacheDirectory: String?
  let usesTimeline: Bool
  let usesMatrixUnits: Bool
  let bound: CommandRecorder.Bound
  /// Told of what is not as it should be.
  let warn: @Sendable (String) -> Void
}

/// Everything that lives on one opened device: lost together, and made anew together.
final class VulkanSession: Sendable {
  let device: VulkanDevice
  let memory: VulkanMemory
  let shelf = ExecutorShelf()
  let checks: KernelChecks
  private let pipelines: PipelineCache
  private let configuration: VulkanConfiguration

  init(_ configuration: VulkanConfiguration) throws {
    let instance = try VulkanInstance(VulkanLoader(), messages: configuration.messages)
    let devices = try instance.physicalDevices()
    let chosen = try VulkanSelection.uuid(configuration.uuid).choose(from: devices.map(\.info))
    guard let physical = devices.first(where: { $0.info.index == chosen.index }) else {
      throw VulkanError(.noDevice, "device \(configuration.uuid) is gone")
    }
    device = try VulkanDevice(
      physical, usesTimeline: configuration.usesTimeline, usesMatrixUnits: configuration.usesMatrixUnits,
      faults: configuration.faults)
    memory = VulkanMemory(device)
    let driver = "\(physical.vendorID) \(physical.deviceID) \(physical.driverVersion)"
    func file(_ contents: String) -> PipelineCacheFile? {
      configuration.cacheDirectory.map {
        PipelineCacheFile(directory: $0, uuid: chosen.uuid, driver: driver, contents: contents)
      }
    }
    pipelines = try PipelineCache(device, file: file("pipelines"))
    checks = KernelChecks(
      device, memory: memory, pipelines: pipelines, file: file("checks"), warn: configuration.warn)
    self.configuration = configuration
  }

  /// A recorder for one thread.
  ///
  /// - Parameter isProfiled: whether its commands are timed, where the configuration asks for it.
  func recorder(isProfiled: Bool = true) throws -> CommandRecorder {
    try CommandRecorder(
      device, memory: memory, pipelines: pipelines, checks: checks,
      profile: isProfiled ? configuration.profile : nil, bound: configuration.bound)
  }

  /// Keeps the kernels compiled and checked so far for the next run.
  func savePipelines() {
    pipelines.save()
    checks.save()
  }
}

/// The current session of a backend, which a lost device replaces.
final class VulkanHost: @unchecked Sendable {
  // Unchecked: `current` is touched under `lock` only.
  private let configuration: VulkanConfiguration
  private let lock = NSLock()
  private var current: VulkanSession

  init(_ configuration: VulkanConfiguration) throws {
    self.configuration = configuration
    current = try VulkanSession(configuration)
  }

  var session: VulkanSession { lock.withLock { current } }

  /// Opens the device again, unless another thread has done so since `lost` was lost.
  func replace(_ lost: VulkanSession) throws {
    try lock.withLock {
      if current === lost { current = try VulkanSession(configuration) }
    }
  }
}
