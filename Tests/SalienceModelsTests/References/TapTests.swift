import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceCheckpoints
import SalienceJSON
import SalienceModels
import SalienceReference
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// Values inside models: those that transformers computes, and the same on every backend.
@Suite struct TapTests {
  /// What Tests/Fixtures/taps holds of a checkpoint in Tests/Fixtures/families; Scripts/fixtures/make_tap_fixtures.py makes it.
  private struct Reference {
    let folder: FamilyFolder
    let ids, typeIDs: [Int32]
    let width: Int
    let taps: [(tap: Tap, values: [Double])]

    init(_ family: String) throws {
      let file = Repository.fixtures.appending(path: "taps/\(family).json")
      let json = try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
      func numbers(_ json: JSONValue?) throws -> [Double] {
        try #require(json?.arrayValue).map { try #require($0.doubleValue) }
      }
      folder = try FamilyFolder(#require(json["folder"]?.stringValue))
      ids = try numbers(json["input_ids"]).map { Int32($0) }
      typeIDs = try numbers(json["token_type_ids"]).map { Int32($0) }
      width = try #require(json["width"]?.intValue)
      taps = try #require(json["taps"]?.arrayValue).map { tap in
        let layer = try #require(tap["layer"]?.intValue)
        let kinds = ["layer": Tap.layer(layer), "attention": .attention(layer), "feed_forward": .feedForward(layer)]
        return (try #require(kinds[tap["kind"]?.stringValue ?? ""]), try numbers(tap["values"]))
      }
    }
  }

  private func prepared(
    _ folder: FamilyFolder, _ specs: [ProgramSpec], on backend: any Backend
  ) async throws -> (architecture: any Architecture, model: any PreparedModel) {
    let architecture = try ModelRegistry.architecture(for: folder.checkpoint.config)
    let head = try folder.task.head(for: folder.checkpoint.config)
    let programs = try specs.map { try architecture.program(head, $0) }
    let parameters = PrefixedParameters(
      folder.checkpoint.parameters, prefix: folder.task.tensorPrefix, base: type(of: architecture).basePrefix,
      sameNames: architecture.sameNames)
    return (architecture, try await backend.prepare(programs, parameters: parameters))
  }

  private static func everyTap(of layers: Int) -> [Tap] {
    (0..<layers).flatMap { [.layer($0), .attention($0), .feedForward($0)] }
  }

  private static let devices: [any Backend] = [ReferenceBackend(), CPUBackend(threads: 1)]

  /// At every tap of BERT and Llama: cut at the embeddings, and cut behind the first layer, whose values are then of the
  /// ids alone.
  @Test(arguments: ["bert", "llama"]) func transformersValues(family: String) async throws {
    let reference = try Reference(family)
    let vulkan: [any Backend] = try VulkanTestDevice.all.map { try $0.backend() }
    let taps = reference.taps.map(\.tap)
    #expect(taps.count == 6)
    for backend in Self.devices + vulkan {
      let specs = [
        ProgramSpec(rules: nil, taps: taps), ProgramSpec(layer: .encoder(0), readout: .everyToken, taps: taps),
      ]
      let (architecture, model) = try await prepared(reference.folder, specs, on: backend)
      let whole = architecture.sequence(ids: reference.ids, typeIDs: reference.typeIDs)
      for program in specs.indices {
        let answer = try #require(try await model.tapped(program: program, at: [PathEnd(whole)]).first)
        #expect(answer.values.count == taps.count)
        for (values, expected) in zip(answer.values, reference.taps) {
          #expect(values.width == reference.width && values.elements.count == expected.values.count)
          let error = distance(values.elements.map(Double.init), expected.values)
          #expect(error <= 1e-5 * norm(expected.values), "\(family), \(expected.tap) on \(backend.device.name)")
        }
      }
    }
  }

  /// Values of every tap of a family, and its outputs, for two texts at once.
  private func answers(
    _ folder: FamilyFolder, on backend: any Backend
  ) async throws -> (tapped: [TappedOutputs], outputs: [[Float]], lengths: [Int]) {
    let layers = try ModelRegistry.architecture(for: folder.checkpoint.config).layerCount
    let specs = [ProgramSpec(rules: nil, taps: Self.everyTap(of: layers)), ProgramSpec(rules: nil)]
    let (architecture, model) = try await prepared(folder, specs, on: backend)
    let ends = folder.inputs.sorted { $0.ids.count < $1.ids.count }.prefix(2).map {
      PathEnd(architecture.sequence(ids: $0.ids, typeIDs: $0.typeIDs))
    }
    let tapped = try await model.tapped(program: 0, at: ends)
    return (tapped, try await model.outputs(program: 1, of: ends), ends.map(\.sequence.count))
  }

  private func compare(_ name: String, on backend: any Backend) async throws {
    let folder = try FamilyFolder(name)
    let (own, exact) = (try await answers(folder, on: backend), try await answers(folder, on: ReferenceBackend()))
    #expect(own.tapped.count == own.lengths.count)
    for (index, (answer, expected)) in zip(own.tapped, exact.tapped).enumerated() {
      #expect(!answer.values.isEmpty && answer.values.count == expected.values.count)
      for (place, (values, others)) in zip(answer.values, expected.values).enumerated() {
        #expect(values.width == others.width && values.elements.count == own.lengths[index] * values.width)
        let (a, b) = (values.elements.map(Double.init), others.elements.map(Double.init))
        #expect(norm(b) > 0)
        #expect(distance(a, b) <= 2e-5 * norm(b), "\(name): text \(index), tap \(place)")
      }
      // Every row of the last layer is computed here, and one of it there.
      let (a, b) = (answer.outputs.map(Double.init), own.outputs[index].map(Double.init))
      #expect(a.count == b.count && distance(a, b) <= 2e-5 * max(1, norm(b)), "\(name): outputs of text \(index)")
    }
  }

  @Test(arguments: FamilyFolder.names) func familiesOnTheCPU(folder: String) async throws {
    try await compare(folder, on: CPUBackend(threads: 1))
  }

  @Test(
    .enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all,
    ["bert-token-classification", "deberta-v2-sequence-classification", "gpt2-causal-lm", "modernbert-mean"])
  func familiesOnVulkan(device: VulkanTestDevice, folder: String) async throws {
    let backend = try device.backend()
    try await compare(folder, on: backend)
    #expect(backend.messages?.all ?? [] == [])
  }

  /// A tap that the model does not have is named.
  @Test func absentTap() throws {
    let architecture = try ModelRegistry.architecture(for: FamilyFolder("bert-masked-lm").checkpoint.config)
    let error = #expect(throws: ModelError.self) {
      try architecture.program(.maskedLM, ProgramSpec(taps: [.attention(7)]))
    }
    #expect(error?.message == "no attention of layer 7: the model has encoder layers 0 to 1")
  }
}
