import Salience
import SalienceAttribution
import SalienceCPU
import SalienceDatasets
import SaliencePipeline
import SalienceTensors
import SalienceVulkan
import Testing

/// A row that cannot be computed fails alone; what no row is at fault for stops the run.
@Suite struct RowFailureTests {
  private static let texts = ["a fine film", "not good", "", "it was all right", "no"]

  private func scorer(on backend: any Backend) async throws -> PipelineScorer {
    let checkpoint = try Fixture.checkpoint()
    let pipeline = try PipelineFile.parse(
      """
      models: [\(checkpoint.directory)]
      dataset: {path: texts.csv, columns: {id: id, text: text}}
      methods: [{name: integrated-gradients, id: ig, steps: 3}]
      output: {directory: run}
      """, path: "rows.yaml")
    let model = try await AttributionModel(
      checkpoint: checkpoint, methods: pipeline.methods.map(\.method), on: backend)
    return PipelineScorer(model: model, pipeline: pipeline, device: backend.device)
  }

  private func batch(_ scorer: PipelineScorer) throws -> [EncodedExample] {
    try Self.texts.enumerated().map { index, text in
      let example = Example(row: Int64(index), id: "\(index)", text: text)
      return EncodedExample(example: example, windows: try scorer.encode(example))
    }
  }

  @Test(arguments: [TensorError(.shape, "what is wrong"), TensorError(.capacity, "what is wrong")], [false, true])
  func theRowAloneFails(_ error: TensorError, predicting: Bool) async throws {
    let sound = try await scorer(on: CPUBackend(threads: 1))
    let expected = try await sound.score(try batch(sound))
    // The third text is its special tokens alone.
    let backend = RowFaultBackend(error, length: 2, predicting: predicting)
    let faulty = try await scorer(on: backend)
    let results = try await faulty.score(try batch(faulty))
    try #require(results.count == Self.texts.count)
    for (index, (own, other)) in zip(results, expected).enumerated() {
      if index == 2 {
        #expect(throws: RowFailure("what is wrong")) { try own.get() }
      } else {
        #expect(try own.get().explanations.map(\.target) == other.get().explanations.map(\.target))
        #expect(try own.get().prediction.logits == other.get().prediction.logits)
      }
    }
  }

  @Test func otherErrorsStopTheRun() async throws {
    let errors: [any Error & Sendable] = [
      TensorError(.parameter, "a tensor is gone"), TensorError(.backend, "the library failed"),
      VulkanError(.deviceLost, "lost"), CancellationError(),
    ]
    for error in errors {
      let faulty = try await scorer(on: RowFaultBackend(error, length: 2, predicting: false))
      let encoded = try batch(faulty)
      await #expect(throws: (any Error).self) { _ = try await faulty.score(encoded) }
    }
  }
}

/// A processor that throws for sequences of a length.
private struct RowFaultBackend: Backend {
  private let own = CPUBackend(threads: 1)
  private let error: any Error & Sendable
  private let length: Int
  private let predicting: Bool

  /// - Parameter predicting: whether the decision already fails, or only what explains it.
  init(_ error: any Error & Sendable, length: Int, predicting: Bool) {
    (self.error, self.length, self.predicting) = (error, length, predicting)
  }

  var device: DeviceDescription { own.device }

  func prepare(
    _ programs: [PathProgram], decoders: [DecoderProgram], parameters: any ParameterSource
  ) async throws -> any PreparedModel {
    Model(model: try await own.prepare(programs, decoders: decoders, parameters: parameters), backend: self)
  }

  private func check(_ sequences: [TokenSequence]) throws {
    if sequences.contains(where: { $0.count == length }) { throw error }
  }

  private struct Model: PreparedModel {
    let model: any PreparedModel
    let backend: RowFaultBackend

    func outputs(program: Int, of points: [PathEnd]) async throws -> [[Float]] {
      if backend.predicting { try backend.check(points.map(\.sequence)) }
      return try await model.outputs(program: program, of: points)
    }

    func tapped(program: Int, _ requests: [TapRequest]) async throws -> [TappedOutputs] {
      try await model.tapped(program: program, requests)
    }

    func attribute(program: Int, requests: [PathRequest]) async throws -> [PathResponse] {
      try backend.check(requests.map(\.input.sequence))
      return try await model.attribute(program: program, requests: requests)
    }

    func generate(decoder: Int, _ request: GenerationRequest) async throws -> [[Int32]] {
      try await model.generate(decoder: decoder, request)
    }
  }
}
