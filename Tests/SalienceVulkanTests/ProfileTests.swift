import SalienceTensors
import SalienceVulkan
import Testing

/// Work counted by dispatch, against numbers counted by hand.
@Suite(.enabled(if: TestDevice.info != nil, "no Vulkan device")) struct ProfileTests {
  private func backend() throws -> VulkanBackend {
    let info = try #require(TestDevice.info)
    return try VulkanBackend(selection: .uuid(info.uuid), threads: 1, profile: true, cacheDirectory: "")
  }

  /// A forward pass of `SmallModel` over 7 tokens.
  @Test func countsFLOPsAndBytes() async throws {
    let backend = try backend()
    guard backend.info.limits.timestampPeriod > 0 else { return }
    let model = try await backend.prepare([SmallModel.program()], parameters: SmallModel())
    let before = try #require(backend.profile)
    #expect(before.entries["linear"] == nil)
    let points = SmallModel.requests(5, points: 1).suffix(1).map(\.input)
    _ = try await model.outputs(program: 0, of: points)
    let profile = try #require(backend.profile)
    let (tokens, hidden) = (7, SmallModel.hidden)
    #expect(points.map(\.sequence.count) == [tokens])

    let linear = try #require(profile.entries["linear"])
    // Q, K and V; in; out; the classes of the first row.
    let weights = 3 * hidden * hidden + 2 * hidden * hidden + 2 * hidden * hidden
    #expect(linear.calls == 4)
    #expect(linear.work.flops == 2 * tokens * weights + 2 * 3 * hidden)
    let read = tokens * (hidden + hidden + 2 * hidden) + hidden + weights + hidden + 3 * hidden
    let written = tokens * (3 * hidden + 2 * hidden + hidden) + 3
    #expect(linear.work.bytes == 4 * (read + written))

    let attention = try #require(profile.entries["attention"])
    #expect(attention.calls == 1)
    #expect(attention.work == KernelWork(flops: 4 * tokens * tokens * hidden, elements: 4 * tokens * hidden))

    let embedding = try #require(profile.entries["embedding"])
    #expect(embedding.work == KernelWork(elements: 3 * tokens * hidden + 2 * tokens))
    #expect(profile.entries.values.allSatisfy { $0.seconds >= 0 && $0.work.bytes > 0 })
  }

  @Test func busyTimeFitsIntoTheSpan() async throws {
    let backend = try backend()
    guard backend.info.limits.timestampPeriod > 0 else { return }
    let model = try await backend.prepare([SmallModel.program()], parameters: SmallModel())
    _ = try await model.attribute(program: 0, requests: SmallModel.requests(24, points: 9))
    let profile = try #require(backend.profile)
    #expect(profile.span > 0)
    #expect(profile.seconds > 0)
    #expect(profile.utilisation > 0 && profile.utilisation <= 1)
    // Checks and measurements of the device itself are not the model's.
    let linear = try #require(profile.entries["linear"])
    let ceilings = try await backend.measureCeilings()
    #expect(backend.profile?.entries["linear"] == linear)
    let measured = try #require(ceilings)
    #expect(measured.flopsPerSecond > 0 && measured.bytesPerSecond > 0)
    #expect(measured.fraction(linear, of: profile) > 0)
  }

  @Test func nothingIsTimedUnasked() throws {
    let info = try #require(TestDevice.info)
    #expect(try VulkanBackend(selection: .uuid(info.uuid), cacheDirectory: "").profile == nil)
  }
}
