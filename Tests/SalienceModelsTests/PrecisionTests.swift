import SalienceAttribution
import SalienceCPU
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

  @Test func f32StandsInForWhatIsMissing() {
    for precision in Precision.allCases {
      let device = CPUBackend(precision: precision, threads: 1).device
      #expect(device.precision == (CPUBackend.precisions.contains(precision) ? precision : .f32))
      #expect(device.tolerance == device.precision.tolerance)
      #expect((device.substitution(for: precision) == nil) == CPUBackend.precisions.contains(precision))
    }
  }
}
