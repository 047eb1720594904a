import SalienceFoundation
import SalienceTensors
import Testing

@Suite("Batches that a device lacks memory for")
struct DeviceFaultTests {
  private struct Failure: DeviceFault, Equatable {
    var remedy: DeviceRemedy
    var kind: FaultKind { .retry }
    var message: String { "\(remedy)" }
  }

  @Test("Halves are answered until they fit, in order, and what never fits is answered alone", arguments: 0..<9)
  func halves(count: Int) async throws {
    let items = Array(0..<count)
    var calls: [Int] = []
    let answers = try await answeringInHalves(items) { part in
      calls.append(part.count)
      // Of all items, the fourth does not fit even alone.
      if part.count > 2 || part.contains(3) { throw Failure(remedy: .smallerBatches) }
      return part.map { 10 * $0 }
    } alone: { item, fault in
      #expect(fault.message == "smallerBatches")
      return -item
    }
    #expect(answers == items.map { $0 == 3 ? -3 : 10 * $0 })
    #expect(calls.first == count && calls.dropFirst().allSatisfy { $0 < count })
  }

  @Test("Other failures are the caller's", arguments: [DeviceRemedy.anotherDevice, .none])
  func others(remedy: DeviceRemedy) async {
    await #expect(throws: Failure(remedy: remedy)) {
      _ = try await answeringInHalves([1, 2]) { _ -> [Int] in
        throw Failure(remedy: remedy)
      } alone: { _, _ in
        0
      }
    }
  }
}
