import Foundation
import SalienceTestSupport
import Testing

extension EndToEndTests {
  /// Which device runs, with Vulkan devices, with software ones alone, and without any.
  @Suite struct DeviceSelection {
    private func json(_ result: SalienceBinary.Result) throws -> [String: Any] {
      try #require(result.status == 0, "\(result.errors)")
      return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    private func device(of tiny: TinyPipeline) throws -> String? {
      let summary = try Data(contentsOf: URL(fileURLWithPath: "\(tiny.output)/run.json"))
      let json = try JSONSerialization.jsonObject(with: summary) as? [String: Any]
      return (json?["device"] as? [String: Any])?["name"] as? String
    }

    @Test(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence)) func devicesAreDescribed() throws {
      let scratch = try ScratchDirectory()
      let list = try json(SalienceBinary.run(["devices", "--json"], in: scratch))
      let devices = try #require(list["devices"] as? [[String: Any]]).dropFirst()
      #expect(devices.compactMap { $0["name"] as? String } == VulkanTestDevice.all.map(\.name))
      for device in devices {
        #expect(["discrete", "integrated", "virtual", "cpu", "other"].contains(device["kind"] as? String))
        #expect((device["details"] as? String)?.isEmpty == false, "name and driver")
        #expect((device["uuid"] as? String)?.count == 36)
        #expect(device["memory_bytes"] as? Int ?? 0 > 1 << 20)
        #expect(device["subgroup_size"] as? Int ?? 0 >= 1)
        #expect(device["shared_memory_bytes"] as? Int ?? 0 >= 16 << 10)
        #expect(device["storage_range_bytes"] as? Int ?? 0 >= 1 << 27)
        #expect(device["matrix_shapes"] is [String])
        let kernels = try #require((device["kernels"] as? [String: [String]])?["f32"])
        #expect(Set(kernels).isSuperset(of: ["linear", "linear_backward", "attention", "attention_backward_keys"]))
        // The self-checks of a software device take too long to be asked for here.
        if device["kind"] as? String == "cpu" {
          #expect(device["auto"] as? Bool == false)
        } else {
          let check = try #require(device["self_check"] as? [String: Any])
          #expect(check["forms"] as? Int ?? 0 > 0 && (check["not_used"] as? [Any])?.isEmpty == true, "\(check)")
        }
      }
      let text = try SalienceBinary.run(["devices", "--quiet"], in: scratch)
      for device in VulkanTestDevice.all { #expect(text.output.contains(device.name)) }
    }

    /// Machines whose only devices are software ones run on the processor, unless one is named.
    @Test(
      .enabled(
        if: !VulkanTestDevice.all.isEmpty && VulkanTestDevice.all.allSatisfy(\.isSoftware), "not only software devices")
    )
    func autoNeverTakesSoftware() throws {
      let tiny = try TinyPipeline()
      #expect(try tiny.run("--device", "auto").status == 0)
      #expect(try device(of: tiny) == "cpu")
      let refused = try tiny.run("--device", "vulkan", "--overwrite")
      #expect(refused.status == 69)
      #expect(refused.errorLines.count == 1 && refused.errors.contains("vulkan:0"), "\(refused.errors)")
      let chosen = try tiny.run("--device", "vulkan:0", "--overwrite")
      #expect(chosen.status == 0, "\(chosen.status): \(chosen.errors)")
      #expect(try device(of: tiny) == "vulkan:0")
    }

    /// Without a driver, and with a loader that cannot be opened.
    @Test(arguments: [true, false]) func withoutVulkanTheProcessorRuns(hasLoader: Bool) throws {
      let tiny = try TinyPipeline()
      var environment = ["VK_ICD_FILENAMES": "/nonexistent.json", "VK_DRIVER_FILES": "/nonexistent.json"]
      if !hasLoader {
        try tiny.scratch.write("no library", to: "libvulkan.so.1")
        environment["LD_LIBRARY_PATH"] = tiny.scratch.path
      }
      func run(_ arguments: String...) throws -> SalienceBinary.Result {
        try SalienceBinary.run(arguments, environment: environment, in: tiny.scratch)
      }
      let automatic = try run("run", tiny.path, "--quiet")
      #expect(automatic.status == 0 && automatic.errors.isEmpty, "\(automatic.errors)")
      #expect(try device(of: tiny) == "cpu")
      let list = try json(run("devices", "--json", "--quiet"))
      #expect((list["devices"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["cpu"])
      #expect((list["vulkan_error"] as? String)?.isEmpty == false)
      for device in ["vulkan", "vulkan:0", "vulkan:6d657361-3232-2e33-2e36-000000000000"] {
        let refused = try run("run", tiny.path, "--quiet", "--overwrite", "--device", device)
        #expect(refused.status == 69, "\(device): \(refused.errors)")
        #expect(refused.errorLines.count == 1 && refused.errors.contains(device), "\(refused.errors)")
      }
      #expect(tiny.isPublished, "a refused device leaves the run that is there alone")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ldd"), "no ldd"))
    func theBinaryNeedsNoVulkanLibrary() throws {
      let libraries = try SalienceBinary.run(program: "/usr/bin/ldd", [SalienceBinary.path], in: ScratchDirectory())
      #expect(libraries.status == 0 && libraries.output.contains("libc.so"), "\(libraries.errors)")
      #expect(!libraries.output.contains("vulkan"))
    }
  }
}
