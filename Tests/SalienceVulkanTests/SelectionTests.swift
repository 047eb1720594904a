import SalienceVulkan
import Testing

/// Which device a selection picks, on made-up machines.
@Suite struct SelectionTests {
  private func device(
    _ index: Int, _ kind: VulkanDeviceInfo.Kind, uuid: String = "00000000-0000-0000-0000-000000000000"
  ) -> VulkanDeviceInfo {
    VulkanDeviceInfo(
      index: index, name: "device \(index)", kind: kind, uuid: uuid, driverName: "driver", driverVersion: "1",
      apiVersion: "1.3.0", deviceHeaps: [1 << 30, 8 << 30], limits: VulkanLimits(), hasTimelineSemaphores: true,
      matrixShapes: [])
  }

  @Test func autoPrefersDiscreteThenIntegratedThenVirtual() throws {
    let all = [
      device(0, .cpu), device(1, .virtual), device(2, .integrated), device(3, .discrete), device(4, .discrete),
    ]
    #expect(try VulkanSelection.auto.choose(from: all).index == 3)
    #expect(try VulkanSelection.auto.choose(from: Array(all.prefix(3))).index == 2)
    #expect(try VulkanSelection.auto.choose(from: Array(all.prefix(2))).index == 1)
  }

  @Test(arguments: [VulkanDeviceInfo.Kind.cpu, .other]) func autoNeverTakesSoftware(kind: VulkanDeviceInfo.Kind) {
    let error = #expect(throws: VulkanError.self) { try VulkanSelection.auto.choose(from: [device(0, kind)]) }
    #expect(error?.code == .noDevice)
    #expect(error?.description.contains("vulkan:0 (device 0, \(kind.rawValue))") == true)
  }

  @Test func indexTakesAnyDevice() throws {
    let all = [device(0, .discrete), device(2, .cpu)]
    #expect(try VulkanSelection.index(2).choose(from: all).kind == .cpu)
    let error = #expect(throws: VulkanError.self) { try VulkanSelection.index(1).choose(from: all) }
    #expect(error?.code == .noDevice)
  }

  @Test(arguments: ["6D657361-3232-2E33-2E36-000000000000", "6d657361-32322e332e36000000000000"])
  func uuidIgnoresCaseAndHyphens(text: String) throws {
    let all = [device(0, .discrete), device(1, .cpu, uuid: "6d657361-3232-2e33-2e36-000000000000")]
    #expect(try VulkanSelection.uuid(text).choose(from: all).index == 1)
    #expect(throws: VulkanError.self) { try VulkanSelection.uuid(text).choose(from: [all[0]]) }
  }

  @Test func aMachineWithoutDevicesSaysSo() {
    for selection in [VulkanSelection.auto, .index(0), .uuid("1")] {
      let error = #expect(throws: VulkanError.self) { try selection.choose(from: []) }
      #expect(error?.description.contains("none was found") == true)
    }
  }

  @Test func memoryIsTheLargestHeap() { #expect(device(0, .cpu).memory == 8 << 30) }
}
