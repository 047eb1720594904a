import Foundation
import SalienceAttribution
import SalienceCPU
import SalienceJSON
import SalienceReference
import SalienceTensors
import SalienceTestSupport
import Testing

/// Activations against transformers and conductance against Captum; Scripts/fixtures/make_inside_fixtures.py makes the
/// references.
@Suite(.serialized) struct InsideMethodTests {
  /// A case of Tests/Fixtures/inside/references.json; README.md beside it gives the meaning of each key.
  private struct Case {
    let id, folder, input: String
    let width: Int
    let output, baselineOutput: Double?
    let units: [Double]?
    let scores: [Double]
    let method: any AttributionMethod

    init(_ json: JSONValue, steps: Int) throws {
      func numbers(_ json: JSONValue?) throws -> [Double] {
        try #require(json?.arrayValue).map { try #require($0.doubleValue) }
      }
      id = try #require(json["id"]?.stringValue)
      folder = try #require(json["folder"]?.stringValue)
      input = try #require(json["input"]?.stringValue)
      width = try #require(json["width"]?.intValue)
      (output, baselineOutput) = (json["output"]?.doubleValue, json["baseline_output"]?.doubleValue)
      units = try json["weights"]?["units"].map(numbers)
      scores = try numbers(json["scores"]?["tokens"])
      let part = try #require(json["part"]?.stringValue.flatMap(LayerPart.init))
      let layer = try #require(json["layer"]?.intValue)
      let target = Target.class(.index(try #require(json["target_index"]?.intValue)))
      method =
        json["method"]?.stringValue == "conductance"
        ? try Conductance(
          id: id, steps: steps, baseline: .zero, part: part, cut: UnitCut(layer: layer, topK: nil), target: target)
        : LayerActivations(id: id, layers: [layer], part: part, cut: UnitCut(topK: nil), target: target)
    }

    static func all() throws -> [Case] {
      let data = try Data(contentsOf: Repository.fixtures.appending(path: "inside/references.json"))
      let json = try JSONValue(parsing: [UInt8](data))
      let steps = try #require(json["steps"]?.intValue)
      return try #require(json["cases"]?.arrayValue).map { try Case($0, steps: steps) }
    }
  }

  private static let folders = ((try? Case.all()) ?? []).reduce(into: [String]()) { names, item in
    if !names.contains(item.folder) { names.append(item.folder) }
  }

  private func compare(
    _ folder: String, inputs: [String] = ["ordinary", "short"], on backend: any Backend, bound: Double
  ) async throws {
    let family = try FamilyFolder(folder)
    var worst = 0.0
    for name in inputs {
      let cases = try Case.all().filter { $0.folder == folder && $0.input == name }
      #expect(cases.count >= 8)
      let model = try await AttributionModel(
        checkpoint: family.checkpoint, task: family.task, methods: cases.map(\.method), on: backend)
      let input = try family.input(name)
      let scored = try await model.score([model.input(input.text, pair: input.pair)])[0].get()
      #expect(scored.explanations.count == cases.count)
      for (item, own) in zip(cases, scored.explanations) {
        #expect(own.method == item.id)
        let error = distance(own.attributions.map(Double.init), item.scores) / norm(item.scores)
        #expect(error <= bound, "\(item.id): scores are off by \(error)")
        worst = max(worst, error)
        #expect(own.units.count == item.scores.count * item.width)
        if let units = item.units {
          #expect(own.units.map { Int($0.position) * item.width + Int($0.unit) } == Array(units.indices))
          let error = distance(own.units.map { Double($0.value) }, units) / norm(units)
          #expect(error <= bound, "\(item.id): units are off by \(error)")
          worst = max(worst, error)
        }
        if let output = item.output, let start = item.baselineOutput {
          let ownStart = try #require(own.baselineOutput)
          #expect(abs(own.output - output) <= 1e-4 && abs(ownStart - start) <= 1e-4, "\(item.id)")
        }
      }
    }
    print("\(folder) on \(backend.device.name): values inside are off by \(worst) of the norm at most")
  }

  @Test(arguments: folders) func onTheCPU(folder: String) async throws {
    try await compare(folder, on: CPUBackend(), bound: 1e-4)
  }

  @Test(arguments: ["bert-multi-label"]) func inFloat64(folder: String) async throws {
    try await compare(folder, inputs: ["short"], on: ReferenceBackend(), bound: 1e-5)
  }

  @Test(
    .enabled(if: !VulkanTestDevice.all.isEmpty, VulkanTestDevice.absence), arguments: VulkanTestDevice.all,
    ["bert-multi-label", "llama-sequence-classification", "modernbert-sequence-classification"])
  func onVulkan(device: VulkanTestDevice, folder: String) async throws {
    let backend = try device.backend()
    try await compare(folder, on: backend, bound: 1e-4)
    #expect(backend.messages?.all ?? [] == [])
  }

  private func explanations(
    _ methods: [any AttributionMethod], _ inputs: [String]
  ) async throws -> [[Explanation]] {
    let family = try FamilyFolder("bert-multi-label")
    let model = try await AttributionModel(
      checkpoint: family.checkpoint, task: family.task, methods: methods, on: CPUBackend())
    let texts = try inputs.map { try model.input(family.input($0).text) }
    return try await model.score(texts).map { try $0.get().explanations }
  }

  /// What passes through a layer's output is all that the output gains, as the steps grow: four times as many, a quarter
  /// of what is missing.
  @Test func completeness() async throws {
    let methods = try [0, 1].flatMap { layer in
      try [150, 600].map {
        try Conductance(id: "\(layer) \($0)", steps: $0, quadrature: .riemannMiddle, cut: UnitCut(layer: layer))
      }
    }
    let found = try await explanations(methods, ["ordinary"])[0]
    for layer in [0, 1] {
      let (few, many) = (found[2 * layer], found[2 * layer + 1])
      let (rest, less) = (try #require(few.convergenceDelta), try #require(many.convergenceDelta))
      #expect(abs(less) <= 0.3 * abs(rest) && abs(less) <= 0.03 * abs(many.output - (many.baselineOutput ?? 0)))
    }
  }

  /// The largest units of each token alone, the same among neighbours and methods; scores do not depend on the cut.
  @Test func cuts() async throws {
    let whole = LayerActivations(id: "whole", layers: [1], part: .neurons, cut: UnitCut(topK: nil))
    let cut = LayerActivations(id: "cut", layers: [1], part: .neurons, cut: UnitCut(topK: 3, threshold: 0.05))
    let found = try await explanations([whole, cut], ["ordinary", "hostile"])[0]
    var expected: [UnitValue] = []
    for (_, row) in Dictionary(grouping: found[0].units, by: \.position).sorted(by: { $0.key < $1.key }) {
      let top = row.sorted { $0.value.magnitude > $1.value.magnitude }.prefix(3)
      expected += top.filter { $0.value.magnitude >= 0.05 }.sorted { $0.unit < $1.unit }
    }
    #expect(found[1].units == expected && expected.count > 20 && expected.count <= 60)
    #expect(found[0].attributions == found[1].attributions)
  }

  @Test func absentLayers() throws {
    let family = try FamilyFolder("bert-multi-label")
    for (method, message) in [
      (LayerActivations(layers: [3]) as any AttributionMethod, "no layer 3: the model has layers 0 to 1"),
      (try Conductance(cut: UnitCut(layer: 2)), "no encoder layer 2: the model has encoder layers 0 to 1"),
    ] {
      let error = #expect(throws: AttributionError.self) {
        try AttributionModel.validate([method], for: family.checkpoint.config, task: family.task)
      }
      #expect(error?.message == message && error?.code == .usage)
    }
  }
}
