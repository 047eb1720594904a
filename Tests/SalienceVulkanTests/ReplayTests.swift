import SalienceTensors
import SalienceVulkan
import Testing

/// Commands are recorded once for all batches of about one size; what a batch is made of is read when they run.
@Suite(.enabled(if: TestDevice.info != nil, "no Vulkan device")) struct ReplayTests {
  /// A model with one thread, and what counts its recordings.
  private func model(
    tokenBudget: Int, profile: Bool = false
  ) async throws -> (model: any PreparedModel, backend: VulkanBackend, faults: VulkanFaults) {
    let info = try #require(TestDevice.info)
    let faults = VulkanFaults()
    let backend = try VulkanBackend(
      selection: .uuid(info.uuid), tokenBudget: tokenBudget, threads: 1, validation: TestDevice.hasValidation,
      profile: profile, cacheDirectory: "", faults: faults)
    return (try await backend.prepare([SmallModel.program()], parameters: SmallModel()), backend, faults)
  }

  private func scores(_ model: any PreparedModel, _ requests: [PathRequest]) async throws -> [[Double]] {
    try await model.attribute(program: 0, requests: requests).flatMap {
      $0.scores + [$0.squares.map { $0.reduce(0, +) }]
    }
  }

  @Test func batchesOfOneSizeShareARecording() async throws {
    let (model, backend, faults) = try await model(tokenBudget: 256)
    let requests = SmallModel.requests(40, points: 9)
    let first = try await scores(model, requests)
    let recorded = faults.count(.recording)
    // The prefix, the outputs, forward and backward, each for a few sizes.
    #expect(recorded >= 4)
    #expect(recorded < 40)
    let submitted = faults.count(.submission)
    #expect(try await scores(model, requests) == first)
    #expect(faults.count(.recording) == recorded)
    #expect(faults.count(.submission) > submitted)
    #expect(backend.messages?.all ?? [] == [])
  }

  /// Ragged batches in commands that others of their size recorded: other lengths, other numbers of sequences.
  @Test func scoresDoNotDependOnWhatWasRecordedFor() async throws {
    let requests = SmallModel.requests(40, points: 9)
    var expected: [[Double]] = []
    for request in requests {
      let (model, _, _) = try await model(tokenBudget: 64)
      expected += try await scores(model, [request])
      if expected.count >= 3 * 6 { break }
    }
    let (shared, backend, _) = try await model(tokenBudget: 256)
    for _ in 0..<2 {
      _ = try await scores(shared, requests.reversed())
      let alone = try await scores(shared, Array(requests.prefix(6)))
      #expect(alone == expected)
      for (index, request) in requests.prefix(6).enumerated() {
        #expect(try await scores(shared, [request]) == Array(expected[3 * index..<3 * index + 3]))
      }
    }
    #expect(backend.messages?.all ?? [] == [])
  }

  /// A profile times each command of each batch, so nothing is replayed, and nothing else changes.
  @Test func profilesRecordAnew() async throws {
    let requests = SmallModel.requests(24, points: 5)
    let (plain, _, _) = try await model(tokenBudget: 256)
    let (profiled, backend, faults) = try await model(tokenBudget: 256, profile: true)
    #expect(try await scores(profiled, requests) == scores(plain, requests))
    if backend.info.limits.timestampPeriod > 0 {
      #expect(faults.count(.recording) == 0)
      // The first run alone computes the baselines' outputs, which later ones find computed.
      let first = try #require(backend.profile?.entries["linear"]).calls
      _ = try await scores(profiled, requests)
      let second = try #require(backend.profile?.entries["linear"]).calls
      _ = try await scores(profiled, requests)
      let third = try #require(backend.profile?.entries["linear"]).calls
      #expect(second > first)
      #expect(third - second == second - first)
    }
    #expect(backend.messages?.all ?? [] == [])
  }

  /// Ids are looked at for every batch, in commands that other ids recorded too.
  @Test func idsOutsideATableAreRefusedEveryTime() async throws {
    let (model, _, _) = try await model(tokenBudget: 256)
    func end(_ id: Int32) -> PathEnd {
      PathEnd(TokenSequence(wordIDs: [1, id, 3], positionIDs: [0, 1, 2], typeIDs: [0, 0, 0]))
    }
    let outputs = try await model.outputs(program: 0, of: [end(2)])
    for bad in [Int32(SmallModel.vocabulary), -1] {
      await #expect(throws: TensorError.self) { _ = try await model.outputs(program: 0, of: [end(2), end(bad)]) }
      #expect(try await model.outputs(program: 0, of: [end(2)]) == outputs)
      await #expect(throws: TensorError.self) { _ = try await model.outputs(program: 0, of: [end(bad)]) }
    }
  }

  /// A recording that fails leaves the next one whole.
  @Test func aRecordingMayFail() async throws {
    let info = try #require(TestDevice.info)
    let requests = SmallModel.requests(12, points: 5)
    let (plain, _, _) = try await model(tokenBudget: 1024)
    let expected = try await scores(plain, requests)
    for number in 1...4 {
      let faults = VulkanFaults([.recording: (number...number, .outOfDeviceMemory)])
      let backend = try VulkanBackend(
        selection: .uuid(info.uuid), tokenBudget: 1024, threads: 1, validation: TestDevice.hasValidation,
        cacheDirectory: "", faults: faults)
      let model = try await backend.prepare([SmallModel.program()], parameters: SmallModel())
      #expect(try await scores(model, requests) == expected)
      #expect(backend.messages?.all ?? [] == [])
    }
  }
}
