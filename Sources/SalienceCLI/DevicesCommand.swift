import ArgumentParser
import SalienceCPU
import SalienceJSON
import SalienceVulkan

struct DevicesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices", abstract: "List what can run a model here: the processor with its measured rate, and GPUs.",
    discussion: "Example: salience devices --json")

  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Do not measure.") var quiet = false

  func run() async throws {
    try await reportingFailures {
      let backend = CPUBackend()
      var rates: [(precision: String, rate: Double)] = []
      for precision in CPUBackend.precisions where !quiet {
        rates.append((precision.rawValue, try await CPUBackend(precision: precision).matrixProductRate()))
      }
      let (devices, absence) = Self.vulkanDevices()
      let best = try? VulkanSelection.auto.choose(from: devices).index
      if json {
        let processor: JSONValue = [
          "name": .string(backend.device.name), "details": .string(backend.device.details),
          "concurrency": .integer(backend.device.concurrency), "auto": .bool(best == nil),
          "precisions": .array(CPUBackend.precisions.map { .string($0.rawValue) }),
          "matmul_gflops": rates.first.map { .double($0.rate) } ?? .null,
          "matmul_gflops_by_precision": .object(
            rates.map { JSONMember(name: $0.precision, value: .double($0.rate)) }),
        ]
        let value: JSONValue = [
          "devices": .array([processor] + devices.map { $0.json(isBest: $0.index == best) }),
          "vulkan_error": absence.map { .string($0) } ?? .null,
        ]
        try writeResult(value.text(pretty: true))
      } else {
        let measured = rates.map { "\(Int($0.rate.rounded())) GFLOP/s in \($0.precision)" }.joined(separator: ", ")
        let precisions = CPUBackend.precisions.map(\.rawValue).joined(separator: " and ")
        let products = quiet ? "in \(precisions)" : "\(measured)"
        try writeResult("\(backend.device.name)  \(backend.device.details); matrix products \(products)")
        for device in devices { try writeResult(device.lines) }
        if let absence, !quiet { writeToStandardError("no GPU: \(absence)\n") }
      }
    }
  }

  /// The Vulkan devices, or why there can be none.
  private static func vulkanDevices() -> (devices: [VulkanDeviceInfo], absence: String?) {
    do {
      let devices = try VulkanDevices.all()
      return (devices, devices.isEmpty ? "Vulkan has no device on this machine" : nil)
    } catch {
      return ([], "\(error)")
    }
  }
}

extension VulkanDeviceInfo {
  /// - Parameter isBest: whether `auto` takes this device.
  fileprivate func json(isBest: Bool) -> JSONValue {
    [
      "name": .string("vulkan:\(index)"), "details": .string("\(name), \(driverName) \(driverVersion)"),
      "kind": .string(kind.rawValue), "uuid": .string(uuid), "vulkan": .string(apiVersion),
      "memory_bytes": .integer(memory), "subgroup_size": .integer(limits.subgroupSize),
      "shared_memory_bytes": .integer(limits.sharedMemoryBytes),
      "work_group_invocations": .integer(limits.maxWorkGroupInvocations),
      "storage_range_bytes": .integer(limits.maxStorageRange),
      "timeline_semaphores": .bool(hasTimelineSemaphores),
      "matrix_shapes": .array(matrixShapes.map { .string($0.description) }),
      "precisions": .array(VulkanBackend.precisions.map { .string($0.rawValue) }),
      "kernels": .object(
        VulkanBackend.precisions.map {
          JSONMember(name: $0.rawValue, value: .array(kernels.map(JSONValue.string)))
        }),
      "auto": .bool(isBest),
    ]
  }

  fileprivate var lines: String {
    let shapes = matrixShapes.map(\.description).joined(separator: ", ")
    let units = shapes.isEmpty ? "no matrix units" : "matrix units \(shapes)"
    let precisions = VulkanBackend.precisions.map(\.rawValue).joined(separator: ", ")
    let software = kind == .cpu ? "\n          a software device: runs when it is named, never by auto" : ""
    return """
      vulkan:\(index)  \(name), \(kind.rawValue), \(driverName) \(driverVersion), Vulkan \(apiVersion)
                \(memory / 1_000_000) MB, subgroups of \(limits.subgroupSize), \
      \(limits.sharedMemoryBytes / 1024) KiB shared memory, \(units)
                \(kernels.count) kernels, matrix products in \(precisions); uuid \(uuid)\(software)
      """
  }
}
