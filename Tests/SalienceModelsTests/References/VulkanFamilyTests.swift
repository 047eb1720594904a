import SalienceTestSupport
import SalienceVulkan
import Testing

/// The quick cases of every folder of Tests/Fixtures/families, and a generated text of each causal language model, on
/// every Vulkan device.
@Suite(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence)) struct VulkanFamilyTests {
  @Test(arguments: VulkanTestDevice.all, FamilyFolder.names)
  func values(device: VulkanTestDevice, folder name: String) async throws {
    let folder = try FamilyFolder(name)
    let backend = try device.backend()
    var comparison = FamilyComparison()
    let cases = folder.cases.filter(\.isQuick)
    #expect(!cases.isEmpty)
    let inputs = folder.inputs.filter { input in
      input.name == "generated" || cases.contains { $0.input == input.name }
    }
    try await folder.check(cases, inputs, on: backend, &comparison)
    #expect(backend.messages?.all ?? [] == [])
    print("\(name) on \(device.testDescription): \(cases.count) cases, \(comparison)")
  }
}
