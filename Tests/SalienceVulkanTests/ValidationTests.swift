import SalienceTensors
import SalienceVulkan
import Testing

/// That the validation layer is silent elsewhere says something only if it speaks up here.
@Suite(.enabled(if: TestDevice.hasValidation, "no Vulkan device, or no validation layer")) struct ValidationTests {
  private func messages(_ faults: VulkanFaults?) async throws -> [String] {
    let info = try #require(TestDevice.info)
    let backend = try VulkanBackend(
      selection: .uuid(info.uuid), threads: 1, validation: true, cacheDirectory: "", faults: faults)
    let model = try await backend.prepare([SmallModel.program()], parameters: SmallModel())
    _ = try await model.attribute(program: 0, requests: SmallModel.requests(2, points: 2))
    return try #require(backend.messages).all
  }

  /// Kernels that read what the one before writes, without a barrier between them.
  @Test func hazardsAreNoticed() async throws {
    let found = try await messages(VulkanFaults(dropsBarriers: true))
    // Older layers write underscores.
    #expect(
      found.contains { $0.replacing("_", with: "-").contains("SYNC-HAZARD-") }, "\(found.count): \(found.first ?? "")")
  }

  @Test func barriersSatisfyIt() async throws { #expect(try await messages(nil) == []) }
}
