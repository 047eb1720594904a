import SalienceAttribution
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// The machine's first, a software device too; nil where there is none.
private let vulkanDevice = VulkanTestDevice.all.first?.info

/// Scores in half precision on a Vulkan device beside those in float32, on the trained demo checkpoints.
@Suite(.enabled(if: vulkanDevice != nil, "no Vulkan device")) struct VulkanPrecisionTests {
  private static let half = VulkanBackend.precisions.filter { $0 != .f32 }
  private static let checkpoints = ReferenceFolder.names.filter { $0.hasPrefix("demo") }

  /// Ten texts, for software devices are slow.
  private func explanations(_ folder: ReferenceFolder, _ precision: Precision) async throws -> [Explanation] {
    let device = try #require(vulkanDevice)
    let backend = try VulkanBackend(selection: .uuid(device.uuid), precision: precision, cacheDirectory: "")
    #expect(backend.device.precision == precision)
    let model = try await AttributionModel(
      checkpoint: folder.checkpoint, methods: [IntegratedGradients(id: "ig", steps: 8, target: .class(.index(1)))],
      on: backend)
    let encodings = try folder.texts.prefix(10).map { try model.encode($0.text, pair: $0.pair) }
    return try await model.score(encodings, labels: encodings.map { _ in nil }).flatMap { try $0.get().1 }
  }

  private func cosine(_ a: Explanation, _ b: Explanation) -> Double {
    let (x, y) = (a.attributions.map(Double.init), b.attributions.map(Double.init))
    func product(_ u: [Double], _ v: [Double]) -> Double { zip(u, v).reduce(0) { $0 + $1.0 * $1.1 } }
    let scale = (product(x, x) * product(y, y)).squareRoot()
    return scale == 0 ? (x == y ? 1 : 0) : product(x, y) / scale
  }

  @Test(arguments: half, checkpoints)
  func scoresPointTheSameWay(precision: Precision, checkpoint: String) async throws {
    let folder = try ReferenceFolder(checkpoint)
    let exact = try await explanations(folder, .f32)
    let rounded = try await explanations(folder, precision)
    try #require(exact.count == rounded.count && exact.count >= 5)
    let cosines = zip(exact, rounded).map(cosine).sorted()
    let median = cosines[cosines.count / 2]
    #expect(median >= 0.999)
    // Rounding there was: the products are not float32's.
    #expect(zip(exact, rounded).contains { $0.attributions != $1.attributions })
    print("\(checkpoint) \(precision.rawValue) on Vulkan: cosine to f32 \(median), \(cosines[0]) at worst")
  }
}
