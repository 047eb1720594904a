import Foundation
import SalienceTensors
import SalienceVulkan
import Testing

/// Faults cost time, and change nothing else.
@Suite(.enabled(if: TestDevice.info != nil, "no Vulkan device")) struct FaultTests {
  private static let requests = SmallModel.requests(24, points: 9)

  /// Scores and outputs of all requests, and what was warned of.
  private func run(
    _ faults: VulkanFaults? = nil, tokenBudget: Int = 1024, usesTimeline: Bool = true
  ) async throws -> (values: [[Double]], outputs: [[Float]], warnings: [String]) {
    let info = try #require(TestDevice.info)
    let warnings = LockedList()
    let backend = try VulkanBackend(
      selection: .uuid(info.uuid), tokenBudget: tokenBudget, validation: TestDevice.hasValidation, cacheDirectory: "",
      faults: faults, usesTimeline: usesTimeline, warn: { warnings.append($0) })
    let model = try await backend.prepare([SmallModel.program()], parameters: SmallModel())
    let responses = try await model.attribute(program: 0, requests: Self.requests)
    let outputs = try await model.outputs(program: 0, of: Self.requests.map(\.input))
    #expect(backend.messages?.all ?? [] == [])
    return (responses.flatMap { $0.scores + [$0.squares.map { $0.reduce(0, +) }] }, outputs, warnings.all)
  }

  @Test func lostDevicesChangeNothing() async throws {
    let counting = VulkanFaults()
    let expected = try await run(counting)
    #expect(expected.warnings == [])
    #expect(expected.values.contains { $0.contains { abs($0) > 1e-3 } })
    let count = counting.count(.submission)
    #expect(count > 3)
    for number in [1, 2, count / 2, count - 1, count] {
      let actual = try await run(VulkanFaults([.submission: (number...number, .deviceLost)]))
      #expect(actual.values == expected.values, "submission \(number) of \(count)")
      #expect(actual.outputs == expected.outputs)
      #expect(actual.warnings.count == 1)
      #expect(actual.warnings.allSatisfy { $0.contains("attempt 1 of 3") })
    }
  }

  @Test func threeLossesInARowAreSurvivedAndFourAreNot() async throws {
    let expected = try await run()
    let survived = try await run(VulkanFaults([.submission: (3...5, .deviceLost)]))
    #expect(survived.values == expected.values)
    #expect(survived.warnings.count == 3)
    let error = await #expect(throws: VulkanError.self) {
      _ = try await run(VulkanFaults([.submission: (3...6, .deviceLost)]))
    }
    #expect(error?.code == .deviceLost)
    #expect(error?.description.contains("--resume") == true)
  }

  /// Batches shrink until their arenas fit; scores stay the same to the last bit.
  @Test(arguments: [1 << 20, 400 << 10]) func littleMemoryChangesNothing(largestAllocation: Int) async throws {
    let expected = try await run()
    let actual = try await run(VulkanFaults(largestAllocation: largestAllocation))
    #expect(actual.values == expected.values)
    #expect(actual.outputs == expected.outputs)
    #expect(actual.warnings.contains { $0.contains("going on with batches of") })
  }

  @Test func everyAllocationMayFailOnce() async throws {
    let counting = VulkanFaults()
    let expected = try await run(counting, tokenBudget: 512)
    let count = counting.count(.allocation)
    #expect(count > 2)
    for number in 1...count {
      for code in [VulkanError.Code.outOfDeviceMemory, .outOfHostMemory] {
        let actual = try await run(VulkanFaults([.allocation: (number...number, code)]), tokenBudget: 512)
        #expect(actual.values == expected.values, "allocation \(number) of \(count)")
      }
    }
  }

  @Test func noMemoryAtAllIsAnError() async throws {
    let error = await #expect(throws: VulkanError.self) {
      _ = try await run(VulkanFaults(largestAllocation: 10 << 10))
    }
    #expect(error?.code == .outOfDeviceMemory)
  }

  @Test func fencesDoWhatTimelinesDo() async throws {
    let (expected, actual) = (try await run(), try await run(usesTimeline: false))
    #expect(actual.values == expected.values)
    #expect(actual.outputs == expected.outputs)
  }

  @Test func budgetsChangeNothing() async throws {
    let expected = try await run()
    for budget in [1, 64, 333] { #expect(try await run(tokenBudget: budget).values == expected.values) }
  }
}
