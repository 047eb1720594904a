import Foundation
import SalienceTensors
import SalienceVulkan
import Testing

/// Devices under the validation layer live side by side.
@Suite(.enabled(if: TestDevice.hasValidation, "no validation layer")) struct LayerAccessTests {
  /// By example, target and token.
  private typealias Scores = [[[Double]]]

  private static func backend() throws -> VulkanBackend {
    let info = try #require(TestDevice.info)
    return try VulkanBackend(selection: .uuid(info.uuid), validation: true, cacheDirectory: "")
  }

  /// Some devices come and go while others compute; the layer itself would crash in a call of one of the latter.
  @Test(.timeLimit(.minutes(10))) func devicesComeAndGoBesideOthers() async throws {
    // The first entries of the layer's table never move: these are in front of the others.
    let held = try (0..<3).map { _ in try Self.backend() }
    let requests = SmallModel.requests(4, points: 3)
    let isDone = LockedList()
    try await withThrowingTaskGroup(of: [Scores].self) { group in
      for _ in 0..<2 {
        group.addTask {
          let backend = try Self.backend()
          let model = try await backend.prepare([SmallModel.program()], parameters: SmallModel())
          var answers: [Scores] = []
          repeat {
            answers.append(try await model.attribute(program: 0, requests: requests).map(\.scores))
          } while isDone.all.count < 2
          #expect(backend.messages?.all ?? [] == [])
          return answers
        }
        group.addTask {
          defer { isDone.append("") }
          for _ in 0..<12 { _ = try Self.backend() }
          return []
        }
      }
      var answers: [Scores] = []
      for try await more in group { answers += more }
      #expect(answers.count >= 2)
      #expect(answers.allSatisfy { $0 == answers.first })
    }
    withExtendedLifetime(held) {}
  }
}
