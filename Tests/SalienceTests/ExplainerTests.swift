import Salience
import SalienceAttribution
import SalienceCPU
import SalienceJSON
import SalienceTensors
import Synchronization
import Testing

/// What methods ask of a batch goes to the device together, and equal questions once.
@Suite struct ExplainerTests {
  private static let texts = ["a fine film", "not good", "a fine film"]

  private func model(
    _ methods: [any AttributionMethod], on backend: some Backend
  ) async throws -> AttributionModel {
    try await AttributionModel(checkpoint: Fixture.checkpoint(), methods: methods, on: backend)
  }

  private func explanations(_ model: AttributionModel, _ texts: [String] = texts) async throws -> [[Explanation]] {
    try await model.score(texts.map { try model.input($0) }).map { try $0.get().explanations }
  }

  @Test func equalQuestionsAreComputedOnce() async throws {
    let methods: [any AttributionMethod] = [
      try IntegratedGradients(id: "l2", steps: 4), try IntegratedGradients(id: "l1", steps: 4, normalization: .l1),
      try IntegratedGradients(id: "probability", steps: 4, output: .probability),
      IntegratedGradients(id: "tolerance", rule: .adaptive(try AdaptiveQuadrature(tolerance: 0.1))),
      GradientTimesInput(id: "gradient", layer: .embeddings),
    ]
    let backend = CountingBackend()
    let together = try await explanations(try await model(methods, on: backend))
    // Of logits at the embeddings: two texts, each with a fixed path, a tolerance's and a gradient. And of probabilities.
    #expect(backend.requests.withLock { $0 } == [6, 2])
    #expect(together[0] == together[2])
    for (index, method) in methods.enumerated() {
      let alone = try await explanations(try await model([method], on: CPUBackend(threads: 1)), ["a fine film"])
      #expect(alone[0] == [together[0][index]], "\(method.id)")
    }
  }

  @Test func theFirstMethodsFaultIsARowsOwn() async throws {
    let methods: [any AttributionMethod] = [
      Faulty(id: "late", isLate: true), Faulty(id: "early", isLate: false), try IntegratedGradients(steps: 2),
    ]
    let model = try await model(methods, on: CPUBackend(threads: 1))
    let results = try await model.score(Self.texts.map { try model.input($0) })
    for (text, result) in zip(Self.texts, results) {
      if text == "not good" {
        #expect(try result.get().explanations.map(\.method) == ["integrated-gradients"])
      } else {
        #expect(throws: AttributionError.self) { try result.get() }
        if case .failure(let error) = result { #expect(error.message == "late") }
      }
    }
  }
}

/// A method that cannot explain texts of seven tokens, as it begins or once it is answered, and has nothing to say of
/// others.
private struct Faulty: AttributionMethod {
  let id: String
  let isLate: Bool
  let target = Target.predicted
  let layer = AttributionLayer.embeddings
  let values: [JSONMember] = []
  func cost(tokens: Int) -> MethodCost { MethodCost() }

  func begin(_ subject: Subject) throws -> any MethodRun {
    if !isLate, subject.encoding.count == 7 { throw AttributionError(.example, id) }
    return Run(id: id, subject: subject)
  }

  private struct Run: MethodRun {
    let id: String
    let subject: Subject

    mutating func next(_ answers: [Answer]) throws -> Step {
      if answers.isEmpty { return .ask([.values(subject.input, coefficients: subject.coefficients)]) }
      if subject.encoding.count == 7 { throw AttributionError(.example, id) }
      return .finish([])
    }
  }
}

/// A processor that counts the paths it is asked for, call by call.
private final class CountingBackend: Backend {
  private let own = CPUBackend(threads: 1)
  let requests = Mutex<[Int]>([])

  var device: DeviceDescription { own.device }

  func prepare(
    _ programs: [PathProgram], decoders: [DecoderProgram], parameters: any ParameterSource
  ) async throws -> any PreparedModel {
    Model(model: try await own.prepare(programs, decoders: decoders, parameters: parameters), backend: self)
  }

  private struct Model: PreparedModel {
    let model: any PreparedModel
    let backend: CountingBackend

    func outputs(program: Int, of points: [PathEnd]) async throws -> [[Float]] {
      try await model.outputs(program: program, of: points)
    }

    func tapped(program: Int, _ requests: [TapRequest]) async throws -> [TappedOutputs] {
      try await model.tapped(program: program, requests)
    }

    func attribute(program: Int, requests: [PathRequest]) async throws -> [PathResponse] {
      backend.requests.withLock { $0.append(requests.count) }
      return try await model.attribute(program: program, requests: requests)
    }

    func generate(decoder: Int, _ request: GenerationRequest) async throws -> [[Int32]] {
      try await model.generate(decoder: decoder, request)
    }
  }
}
