import SalienceCPU
import SalienceModels
import SalienceReference
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Synchronization
import Testing

/// Generation over kept keys and values, of every family that generates, with random weights.
@Suite struct DecoderTests {
  private static let prompts: [[Int32]] = [[5], [7, 1, 60, 33, 2, 2, 18], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]

  @Test(arguments: SmallDecoder.all) func reference(decoder: SmallDecoder) async throws {
    try await check(decoder, on: ReferenceBackend(), tolerance: 1e-6)
  }

  @Test(arguments: SmallDecoder.all) func processor(decoder: SmallDecoder) async throws {
    try await check(decoder, on: CPUBackend(threads: 1), tolerance: 2e-5)
  }

  @Test(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: SmallDecoder.all)
  func vulkan(decoder: SmallDecoder) async throws {
    for device in VulkanTestDevice.all {
      let backend = try device.backend()
      try await check(decoder, on: backend, tolerance: 2e-5)
      #expect(backend.messages?.all ?? [] == [])
    }
  }

  /// Every step's logits are those of the whole sequence at once, whatever else is generated in the same call.
  private func check(_ decoder: SmallDecoder, on backend: any Backend, tolerance: Float) async throws {
    let (model, sequence) = try await decoder.prepared(on: backend)
    let limit = 20
    let seen = Mutex<[[[Float]]]>(Array(repeating: [], count: Self.prompts.count))
    let tokens = try await model.generate(
      decoder: 0,
      GenerationRequest(prompts: Self.prompts.map(sequence), limits: Self.prompts.map { _ in limit }) {
        prompt, step, logits in
        seen.withLock { seen in
          #expect(step == seen[prompt].count)
          seen[prompt].append(logits)
        }
        return Self.choice(logits)
      })
    #expect(tokens.map(\.count) == [limit, limit, limit])
    let logits = seen.withLock { $0 }
    for (prompt, own) in Self.prompts.enumerated() {
      let ends = (0..<limit).map { count in
        var whole = sequence(own + tokens[prompt].prefix(count))
        // Not the row of a classifier, which passes over padding.
        whole.selectedRow = whole.count - 1
        return PathEnd(whole)
      }
      let whole = try await model.outputs(program: 0, of: ends)
      let scale = whole.joined().reduce(0) { max($0, abs($1)) }
      for (step, kept) in logits[prompt].enumerated() {
        let error = zip(kept, whole[step]).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(error <= tolerance * max(1, scale), "prompt \(prompt), step \(step)")
      }
      let alone = try await model.generate(
        decoder: 0, GenerationRequest(prompts: [sequence(own)], limits: [limit]) { Self.choice($2) })
      #expect(alone == [tokens[prompt]])
    }
  }

  /// A prompt that fills the positions has room for one token, which is no input itself, beside others that have more.
  @Test(arguments: SmallDecoder.all) func promptsNearTheLastPosition(decoder: SmallDecoder) async throws {
    let prompts = [64, 1, 63, 30, 60].map { count in (0..<count).map { Int32(($0 * 7 + count) % 60) } }
    let limits = [1, 20, 2, 20, 5]
    let devices: [any Backend] = try VulkanTestDevice.all.map { try $0.backend() }
    for backend in [ReferenceBackend(), CPUBackend(threads: 1)] + devices {
      let (model, sequence) = try await decoder.prepared(on: backend)
      func generate(_ places: [Int]) async throws -> [[Int32]] {
        try await model.generate(
          decoder: 0,
          GenerationRequest(
            prompts: places.map { sequence(prompts[$0]) }, limits: places.map { limits[$0] }
          ) { Self.choice($2) })
      }
      let together = try await generate(Array(prompts.indices))
      #expect(together.map(\.count) == limits)
      for place in prompts.indices { #expect(try await generate([place]) == [together[place]], "\(place)") }
    }
  }

  @Test func generationEnds() async throws {
    let (model, sequence) = try await SmallDecoder.all[0].prepared(on: CPUBackend(threads: 1))
    func generate(_ limit: Int, _ end: Set<Int32> = [], last: Int = .max) async throws -> [[Int32]] {
      try await model.generate(
        decoder: 0,
        GenerationRequest(prompts: [sequence([5, 6, 7])], limits: [limit], endTokens: end) { _, step, logits in
          step < last ? Self.choice(logits) : nil
        })
    }
    let tokens = try await generate(12)[0]
    #expect(tokens.count == 12)
    let end = tokens[4]
    #expect(try await generate(12, [end])[0] == Array(tokens[...(tokens.firstIndex(of: end) ?? 4)]))
    #expect(try await generate(12, last: 3)[0] == Array(tokens.prefix(3)))
    #expect(try await generate(0) == [[]])
    #expect(try await generate(1)[0] == [tokens[0]])
  }

  /// Prompts are begun anew on the device that is opened in place of a lost one; where every one is lost, the call fails
  /// and says so.
  @Test(.enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence))
  func aLostDeviceIsOpenedAgain() async throws {
    let device = try #require(VulkanTestDevice.all.first)
    func generate(_ faults: VulkanFaults) async throws -> [[Int32]] {
      let backend = try VulkanBackend(selection: .uuid(device.info.uuid), cacheDirectory: "", faults: faults)
      let (model, sequence) = try await SmallDecoder.all[1].prepared(on: backend)
      return try await model.generate(
        decoder: 0,
        GenerationRequest(prompts: Self.prompts.map(sequence), limits: Self.prompts.map { _ in 6 }) {
          Self.choice($2)
        })
    }
    let counting = VulkanFaults()
    let expected = try await generate(counting)
    let count = counting.count(.submission)
    let middle = count - 5
    #expect(try await generate(VulkanFaults([.submission: (middle...middle, .deviceLost)])) == expected)
    let lost = await #expect(throws: VulkanError.self) {
      _ = try await generate(VulkanFaults([.submission: (middle...Int.max, .deviceLost)]))
    }
    #expect(lost?.code == .deviceLost)
  }

  @Test func badPromptsAreRefused() async throws {
    let (model, sequence) = try await SmallDecoder.all[0].prepared(on: CPUBackend(threads: 1))
    for prompt: [Int32] in [[], [61], [-1], Array(repeating: 1, count: 65)] {
      await #expect(throws: TensorError.self) {
        _ = try await model.generate(
          decoder: 0, GenerationRequest(prompts: [sequence(prompt)], limits: [2]) { _, _, _ in 0 })
      }
    }
  }

  private static func choice(_ logits: [Float]) -> Int32? {
    logits.indices.max { logits[$0] < logits[$1] }.map { Int32($0) }
  }
}
