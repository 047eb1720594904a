import Foundation
import Salience
import SalienceAttribution
import SalienceCPU
import SalienceJSON
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// A device that fails for good hands its work over, and no example is lost.
@Suite struct FallbackTests {
  private static let texts = ["a fine film", "not good", "", "it was all right, and then it was not", "no"]

  private func scores(on backend: any Backend) async throws -> [[Float]] {
    let model = try await AttributionModel(
      checkpoint: Fixture.checkpoint(), methods: [IntegratedGradients(steps: 6)], on: backend)
    let inputs = try Self.texts.map { try model.input($0) }
    var scores: [[Float]] = []
    // Two calls, so that one comes after the loss.
    for part in [inputs.prefix(2), inputs.dropFirst(2)] {
      let results = try await model.score(Array(part))
      scores += try results.flatMap { try $0.get().explanations.map(\.attributions) }
    }
    return scores
  }

  private func fallback(
    _ error: VulkanError.Code, failing: @escaping @Sendable (Int) -> Bool, warnings: Warnings
  ) -> FallbackBackend {
    let cpu = CPUBackend(threads: 2)
    return FallbackBackend(
      FailingBackend(cpu, error: error, failing: failing), spare: cpu, warn: { warnings.append($0) })
  }

  @Test(arguments: [VulkanError.Code.deviceLost, .shader])
  func aDeviceGivenUpIsNotAskedAgain(code: VulkanError.Code) async throws {
    let (asked, warnings) = (Warnings(), Warnings())
    let backend = fallback(
      code,
      failing: { count in
        asked.append("\(count)")
        return true
      }, warnings: warnings)
    #expect(try await scores(on: backend) == scores(on: CPUBackend(threads: 2)))
    #expect(asked.all.count == 1)
    #expect(warnings.all.count == 1)
    #expect(warnings.all.first?.contains("going on on cpu") == true)
    #expect(backend.json["for_good"]?.boolValue == true)
    #expect(backend.json["examples"]?.intValue == Self.texts.count)
    #expect(backend.json["reason"]?.stringValue == "asked for by the test")
  }

  /// Calls of more than three sequences do not fit, nor does any of one: those alone are done elsewhere.
  @Test func whatDoesNotFitIsDoneElsewhereAlone() async throws {
    let warnings = Warnings()
    let backend = fallback(.outOfDeviceMemory, failing: { $0 != 2 }, warnings: warnings)
    #expect(try await scores(on: backend) == scores(on: CPUBackend(threads: 2)))
    #expect(warnings.all.count == 1)
    #expect(backend.json["for_good"]?.boolValue == false)
    #expect((1..<Self.texts.count).contains(backend.json["examples"]?.intValue ?? 0))
  }

  /// Tokens that a device was to generate come from elsewhere, all of them or those of one prompt that does not fit.
  @Test(arguments: [(VulkanError.Code.deviceLost, 0), (.outOfDeviceMemory, 2)])
  func generationGoesOnElsewhere(code: VulkanError.Code, fitting: Int) async throws {
    func continuations(on backend: any Backend) async throws -> [[Int32]] {
      let model = try await AttributionModel(checkpoint: Fixture.languageModel(), methods: [], on: backend)
      let inputs = try ["The movie was", "A fine", "It was all"].map { try model.input($0) }
      return try await model.score(inputs).map { try $0.get().decision.encoding.ids }
    }
    let warnings = Warnings()
    let backend = fallback(code, failing: { $0 != fitting }, warnings: warnings)
    #expect(try await continuations(on: backend) == continuations(on: CPUBackend(threads: 2)))
    #expect(warnings.all.count == 1)
  }

  @Test func aDeviceThatWorksIsLeftAlone() async throws {
    let warnings = Warnings()
    let backend = fallback(.deviceLost, failing: { _ in false }, warnings: warnings)
    #expect(try await scores(on: backend) == scores(on: CPUBackend(threads: 2)))
    #expect(warnings.all == [])
    #expect(backend.json == .null)
  }

  @Test func otherErrorsStopTheRun() async throws {
    let backend = fallback(.failed, failing: { _ in true }, warnings: Warnings())
    let error = await #expect(throws: VulkanError.self) { _ = try await scores(on: backend) }
    #expect(error?.code == .failed)
  }

  /// A Vulkan device lost four times in a row, from the first submission, a middle one or the last on; and one with no
  /// memory.
  @Test(.enabled(if: FallbackTests.device != nil, "no Vulkan device"), arguments: [0, 0.6, 1])
  func aLostVulkanDeviceIsReplacedByTheProcessor(share: Double) async throws {
    let device = try #require(Self.device)
    func backend(_ faults: VulkanFaults, _ warnings: Warnings) throws -> FallbackBackend {
      let vulkan = try VulkanBackend(
        selection: .uuid(device.uuid), cacheDirectory: "", faults: faults, warn: { warnings.append($0) })
      return FallbackBackend(vulkan, spare: CPUBackend(threads: 2), warn: { warnings.append($0) })
    }
    let expected = try await scores(on: CPUBackend(threads: 2))
    let counting = VulkanFaults()
    _ = try await scores(on: backend(counting, Warnings()))
    let count = counting.count(.submission)
    let first = max(1, min(count, Int((Double(count) * share).rounded())))
    let warnings = Warnings()
    let lost = try backend(VulkanFaults([.submission: (first...Int.max, .deviceLost)]), warnings)
    try expectClose(await scores(on: lost), expected)
    #expect(lost.json["for_good"]?.boolValue == true)
    #expect(warnings.all.last?.contains("on cpu") == true)

    let full = try backend(VulkanFaults(largestAllocation: 10 << 10), Warnings())
    try expectClose(await scores(on: full), expected)
    #expect(full.json["for_good"]?.boolValue == false)
    #expect(full.json["examples"]?.intValue == Self.texts.count)
  }

  private func expectClose(_ actual: [[Float]], _ expected: [[Float]]) throws {
    #expect(actual.map(\.count) == expected.map(\.count))
    for (own, other) in zip(actual, expected) {
      let norm = other.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let distance = zip(own, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      #expect(distance <= 1e-4 * max(norm, 1e-6))
    }
  }

  private static let device = VulkanTestDevice.harmless?.info
}

/// A backend that fails calls by their number of sequences.
private struct FailingBackend: Backend {
  private let own: CPUBackend
  private let error: VulkanError.Code
  private let failing: @Sendable (Int) -> Bool

  init(_ own: CPUBackend, error: VulkanError.Code, failing: @escaping @Sendable (Int) -> Bool) {
    self.own = own
    self.error = error
    self.failing = failing
  }

  var device: DeviceDescription { own.device }

  func prepare(
    _ programs: [PathProgram], decoders: [DecoderProgram], parameters: any ParameterSource
  ) async throws -> any PreparedModel {
    Model(
      model: try await own.prepare(programs, decoders: decoders, parameters: parameters), error: error,
      failing: failing)
  }

  private struct Model: PreparedModel {
    let model: any PreparedModel
    let error: VulkanError.Code
    let failing: @Sendable (Int) -> Bool

    func outputs(program: Int, of points: [PathEnd]) async throws -> [[Float]] {
      try await model.outputs(program: program, of: points)
    }

    func tapped(program: Int, _ requests: [TapRequest]) async throws -> [TappedOutputs] {
      try await model.tapped(program: program, requests)
    }

    func attribute(program: Int, requests: [PathRequest]) async throws -> [PathResponse] {
      if failing(requests.count) { throw VulkanError(error, "asked for by the test") }
      return try await model.attribute(program: program, requests: requests)
    }

    func generate(decoder: Int, _ request: GenerationRequest) async throws -> [[Int32]] {
      if failing(request.prompts.count) { throw VulkanError(error, "asked for by the test") }
      return try await model.generate(decoder: decoder, request)
    }
  }
}

/// Texts from several threads, in the order they came.
private final class Warnings: @unchecked Sendable {
  private let lock = NSLock()
  private var list: [String] = []

  var all: [String] { lock.withLock { list } }

  func append(_ text: String) { lock.withLock { list.append(text) } }
}
