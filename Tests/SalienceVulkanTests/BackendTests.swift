import Foundation
import SalienceReference
import SalienceTensors
import SalienceVulkan
import Testing

/// A backend as the pipeline uses it.
@Suite(.enabled(if: TestDevice.info != nil, "no Vulkan device")) struct BackendTests {
  private func backend(threads: Int = 2, profile: Bool = false, cache: String = "") throws -> VulkanBackend {
    let info = try #require(TestDevice.info)
    return try VulkanBackend(
      selection: .uuid(info.uuid), threads: threads, profile: profile, cacheDirectory: cache)
  }

  /// The CPU-free check of the whole path: float64 on the host.
  @Test func matchesTheReference() async throws {
    let requests = SmallModel.requests(7, points: 5)
    let program = try SmallModel.program()
    let reference = try await ReferenceBackend().prepare([program], parameters: SmallModel())
    let expected = try await reference.attribute(program: 0, requests: requests)
    let model = try await backend().prepare([program], parameters: SmallModel())
    let actual = try await model.attribute(program: 0, requests: requests)
    for (own, other) in zip(actual, expected) {
      for (a, b) in zip(own.scores.flatMap { $0 }, other.scores.flatMap { $0 }) {
        let norm = other.scores.flatMap { $0 }.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(a - b) <= 1e-5 * norm)
      }
      for (a, b) in zip(own.baselineOutputs, other.baselineOutputs) { #expect(abs(a - b) <= 1e-5) }
    }
  }

  /// Calls from many tasks run on two threads and one queue, and do not disturb one another.
  @Test func threadsShareTheDevice() async throws {
    let requests = SmallModel.requests(12, points: 4)
    let model = try await backend().prepare([SmallModel.program()], parameters: SmallModel())
    let expected = try await model.attribute(program: 0, requests: requests).map(\.scores)
    try await withThrowingTaskGroup(of: (Int, [[Double]]).self) { group in
      for round in 0..<4 {
        for index in requests.indices {
          group.addTask {
            // Neighbours differ from task to task.
            let batch = Array(requests[index..<min(requests.count, index + 1 + round)])
            return (index, try await model.attribute(program: 0, requests: batch)[0].scores)
          }
        }
      }
      for try await (index, scores) in group { #expect(scores == expected[index]) }
    }
  }

  @Test func profilesCountEveryDispatch() async throws {
    let backend = try backend(threads: 1, profile: true)
    guard backend.info.limits.timestampPeriod > 0 else { return }
    let model = try await backend.prepare([SmallModel.program()], parameters: SmallModel())
    _ = try await model.outputs(program: 0, of: SmallModel.requests(1, points: 1).map(\.input))
    let profile = try #require(backend.profile)
    #expect(profile.entries["linear"]?.calls == 4)
    #expect(profile.entries["embedding"]?.calls == 2 || profile.entries["embedding"]?.calls == 1)
    #expect(profile.seconds > 0)
    #expect((profile.entries["linear"]?.work.flops ?? 0) > 0)
  }

  /// Kernels are kept over runs; a damaged file costs their compilation and nothing else.
  @Test func pipelinesAreKeptOnDisk() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "salience-cache-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    func scores() async throws -> [[Double]] {
      let model = try await backend(cache: directory.path).prepare([SmallModel.program()], parameters: SmallModel())
      return try await model.attribute(program: 0, requests: SmallModel.requests(2, points: 2)).flatMap(\.scores)
    }
    let expected = try await scores()
    let info = try #require(TestDevice.info)
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    #expect(names == ["checks-\(info.uuid).bin", "pipelines-\(info.uuid).bin"])
    #expect(try await scores() == expected)
    for path in names.map({ directory.appending(path: $0) }) {
      var bytes = try Data(contentsOf: path)
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: path)
    }
    #expect(try await scores() == expected)
  }

  @Test func refusesParametersThatAreMissing() async throws {
    var plan = Plan()
    let x = try plan.embedding(EmbeddingTerm(Parameter("nobody", shape: [4, 8]), .wordIDs))
    plan.result(try plan.linear(plan.selectedRow(x), weight: Parameter("classes", shape: [3, 8]), bias: nil))
    let program = try PathProgram(model: plan, point: x)
    let error = await #expect(throws: TensorError.self) {
      _ = try await backend().prepare([program], parameters: SmallModel())
    }
    #expect(error?.code == .parameter)
  }
}
