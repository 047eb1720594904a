import SalienceAttribution
import SalienceCPU
import SalienceModels
import SalienceTensors
import Testing

/// Scores in half precision beside those in float32, on the trained demo checkpoints.
@Suite struct PrecisionTests {
  private static let half = CPUBackend.precisions.filter { $0 != .f32 }
  private static let checkpoints = ReferenceFolder.names.filter { $0.hasPrefix("demo") }

  private func explanations(_ folder: ReferenceFolder, _ precision: Precision) async throws -> [Explanation] {
    let backend = CPUBackend(precision: precision)
    #expect(backend.device.precision == precision)
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, methods: [IntegratedGradients(id: "ig", steps: 50, target: .class(.index(1)))],
      on: backend)
    let encodings = try folder.texts.map { try model.encode($0.text, pair: $0.pair) }
    return try await model.score(encodings, labels: encodings.map { _ in nil }).flatMap { try $0.get().1 }
  }

  private func cosine(_ a: Explanation, _ b: Explanation) -> Double {
    let (x, y) = (a.attributions.map(Double.init), b.attributions.map(Double.init))
    let scale = norm(x) * norm(y)
    return scale == 0 ? (norm(x) == norm(y) ? 1 : 0) : zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } / scale
  }

  @Test(arguments: half, checkpoints)
  func scoresPointTheSameWay(precision: Precision, checkpoint: String) async throws {
    let folder = try ReferenceFolder(checkpoint)
    let exact = try await explanations(folder, .f32)
    let rounded = try await explanations(folder, precision)
    try #require(exact.count == rounded.count && exact.count == folder.texts.count && !exact.isEmpty)
    let cosines = zip(exact, rounded).map(cosine).sorted()
    let median = cosines[cosines.count / 2]
    #expect(median >= 0.999)
    // Rounding there was: the products are not float32's.
    #expect(zip(exact, rounded).contains { $0.attributions != $1.attributions })
    for (own, other) in zip(rounded, exact) {
      for (score, reference) in zip(own.attributions, other.attributions) where reference == 0 {
        #expect(score == 0, "equal embeddings have no score")
      }
    }
    print("\(checkpoint) \(precision.rawValue): cosine to f32 \(median) in the median, \(cosines[0]) at worst")
  }

  /// A program without rounding gives float32's numbers on a device whose other products are rounded.
  @Test(arguments: half) func withoutRounding(precision: Precision) async throws {
    let folder = try ReferenceFolder("bert-2-f32")
    let exact = try await responses(folder, .f32, isRounded: true)
    #expect(try await responses(folder, precision, isRounded: false) == exact)
    #expect(try await responses(folder, precision, isRounded: true) != exact)
  }

  private func responses(
    _ folder: ReferenceFolder, _ precision: Precision, isRounded: Bool
  ) async throws -> [[[Double]]] {
    let backend = CPUBackend(precision: precision)
    let method = try IntegratedGradients(steps: 5)
    let model = try await AttributionModel(checkpoint: folder.checkpoint, methods: [method], on: backend)
    let program = try model.architecture.program(.sequenceClassification, ProgramSpec(isRounded: isRounded))
    let prepared = try await backend.prepare([program], parameters: folder.checkpoint.parameters)
    let requests = try folder.texts.map { text in
      try method.path(
        model.encode(text.text, pair: text.pair),
        of: Target.predicted.resolve(model.task.outputNames, predicted: 0, label: nil), in: model)
    }
    return try await prepared.attribute(program: 0, requests: requests).map {
      $0.scores + [$0.baselineOutputs.map(Double.init)]
    }
  }

  /// A text whose outputs' rounding is more than its tolerance has float32's explanation, and says so.
  @Test(arguments: half) func whatMissesItsToleranceIsRepeated(precision: Precision) async throws {
    let folder = try ReferenceFolder("demo-checkpoint-8000")
    let rule = try AdaptiveQuadrature(tolerance: 0.002)
    func explanations(_ precision: Precision) async throws -> [Explanation] {
      let model = try await AttributionModel(
        checkpoint: folder.checkpoint, methods: [IntegratedGradients(rule: .adaptive(rule))],
        on: CPUBackend(precision: precision))
      let encodings = try folder.texts.map { try model.encode($0.text, pair: $0.pair) }
      return try await model.score(encodings, labels: encodings.map { _ in nil }).flatMap { try $0.get().1 }
    }
    let exact = try await explanations(.f32)
    let rounded = try await explanations(precision)
    try #require(exact.count == rounded.count)
    #expect(exact.allSatisfy { !$0.isRepeated })
    #expect(Set(rounded.map(\.isRepeated)).count == 2, "some are repeated, and some are not")
    for (own, expected) in zip(rounded, exact) {
      #expect(own.converged == expected.converged || !own.isRepeated)
      guard own.isRepeated else { continue }
      #expect(own.attributions == expected.attributions)
      #expect(own.output == expected.output && own.baselineOutput == expected.baselineOutput)
      #expect(own.steps == expected.steps)
    }
  }

  @Test func f32StandsInForWhatIsMissing() {
    for precision in Precision.allCases {
      let device = CPUBackend(precision: precision, threads: 1).device
      #expect(device.precision == (CPUBackend.precisions.contains(precision) ? precision : .f32))
      #expect(device.tolerance == device.precision.tolerance)
      #expect((device.substitution(for: precision) == nil) == CPUBackend.precisions.contains(precision))
    }
  }
}
