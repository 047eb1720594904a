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
          "devices": .array(
            [processor]
              + devices.map {
                $0.json(isBest: $0.index == best, checks: quiet ? nil : Self.check($0))
              }),
          "vulkan_error": absence.map { .string($0) } ?? .null,
        ]
        try writeResult(value)
      } else {
        let measured = rates.map { "\(Int($0.rate.rounded())) GFLOP/s in \($0.precision)" }.joined(separator: ", ")
        let precisions = CPUBackend.precisions.map(\.rawValue).joined(separator: " and ")
        let products = quiet ? "in \(precisions)" : "\(measured)"
        try writeResult("\(backend.device.name)  \(backend.device.details); matrix products \(products)")
        for device in devices { try writeResult(linesOf: device.lines(checks: quiet ? nil : Self.check(device))) }
        if let absence, !quiet { writeMessage("no GPU: \(absence)") }
      }
    }
  }

  /// The self-checks of a GPU's kernels, or why there are none; nil for a software device, which compiles them slowly.
  private static func check(_ device: VulkanDeviceInfo) -> Result<[KernelCheck], any Error>? {
    guard device.kind != .cpu else { return nil }
    return Result { try VulkanBackend(selection: .uuid(device.uuid)).checkKernels() }
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
  /// - Parameters:
  ///   - isBest: whether `auto` takes this device.
  ///   - checks: what the self-check of each kernel with several forms came to; nil where it was not asked for.
  fileprivate func json(isBest: Bool, checks: Result<[KernelCheck], any Error>?) -> JSONValue {
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
          JSONMember(name: $0.rawValue, value: .array(kernels(in: $0).map(JSONValue.string)))
        }),
      "matrix_units": .object(
        VulkanBackend.precisions.compactMap { precision in
          productShapes[precision].map { JSONMember(name: precision.rawValue, value: .string($0.description)) }
        }),
      "self_check": Self.json(checks),
      "auto": .bool(isBest),
    ]
  }

  private static func json(_ checks: Result<[KernelCheck], any Error>?) -> JSONValue {
    switch checks {
    case nil: return .null
    case .failure(let error): return ["error": .string("\(error)")]
    case .success(let checks):
      let wrong = checks.compactMap { check -> JSONValue? in
        check.fault.map { ["kernel": .string(check.kernel), "fault": .string($0)] }
      }
      return ["forms": .integer(checks.count), "not_used": .array(wrong)]
    }
  }

  /// - Parameter checks: what the self-checks came to; nil where they were not asked for.
  fileprivate func lines(checks: Result<[KernelCheck], any Error>?) -> String {
    let shapes = matrixShapes.map(\.description).joined(separator: ", ")
    let units = shapes.isEmpty ? "no matrix units" : "matrix units \(shapes)"
    let precisions = VulkanBackend.precisions.map { precision in
      precision.rawValue + (productShapes[precision].map { " on matrix units \($0.m)x\($0.n)x\($0.k)" } ?? "")
    }.joined(separator: ", ")
    let kernelCount = Set(VulkanBackend.precisions.flatMap { kernels(in: $0) }).count
    let software = kind == .cpu ? "\n          a software device: runs when it is named, never by auto" : ""
    return """
      vulkan:\(index)  \(name), \(kind.rawValue), \(driverName) \(driverVersion), Vulkan \(apiVersion)
                \(memory / 1_000_000) MB, subgroups of \(limits.subgroupSize), \
      \(limits.sharedMemoryBytes / 1024) KiB shared memory, \(units)
                \(kernelCount) kernels, matrix products in \(precisions)\(Self.line(checks)); \
      uuid \(uuid)\(software)
      """
  }

  private static func line(_ checks: Result<[KernelCheck], any Error>?) -> String {
    switch checks {
    case nil: return ""
    case .failure(let error): return ", NOT checked: \(error)"
    case .success(let checks):
      let wrong = checks.filter { $0.fault != nil }
      if wrong.isEmpty { return ", \(checks.count) forms checked" }
      return ", \(wrong.count) of \(checks.count) forms NOT used: " + wrong.map(\.kernel).joined(separator: ", ")
    }
  }
}
