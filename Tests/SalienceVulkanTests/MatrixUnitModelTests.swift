import SalienceTensors
import SalienceVulkan
import Testing

/// A whole model with its products on matrix units: recorded commands, batches of any size, several threads.
@Suite(
  .enabled(
    if: TestDevice.info.map { !$0.productShapes.isEmpty } ?? false,
    "the Vulkan device has no matrix units for f16 or bf16"))
struct MatrixUnitModelTests {
  static let precisions = Precision.allCases.filter { TestDevice.info?.productShapes[$0] != nil }

  private func scores(
    _ precision: Precision, tokenBudget: Int = 256, threads: Int = 1, profile: Bool = false,
    usesMatrixUnits: Bool = true
  ) async throws -> [Double] {
    let info = try #require(TestDevice.info)
    let backend = try VulkanBackend(
      selection: .uuid(info.uuid), precision: precision, tokenBudget: tokenBudget, threads: threads,
      validation: TestDevice.hasValidation, profile: profile, cacheDirectory: "", usesMatrixUnits: usesMatrixUnits)
    let model = try await backend.prepare([SmallModel.program()], parameters: SmallModel())
    let requests = SmallModel.requests(40, points: 9)
    func run() async throws -> [Double] {
      try await model.attribute(program: 0, requests: requests).flatMap { $0.scores.flatMap { $0 } }
    }
    let first = try await run()
    #expect(try await run() == first)
    #expect(backend.messages?.all ?? [] == [])
    return first
  }

  /// Whatever a batch holds, and whether its commands are replayed or recorded anew, a text's scores are the same bits.
  @Test(arguments: precisions) func scoresDoNotDependOnTheBatch(precision: Precision) async throws {
    let expected = try await scores(precision)
    #expect(try await scores(precision, tokenBudget: 64) == expected)
    #expect(try await scores(precision, tokenBudget: 1024, threads: 2) == expected)
    #expect(try await scores(precision, profile: true) == expected)
  }

  @Test(arguments: precisions) func scoresAreThoseOfPlainKernels(precision: Precision) async throws {
    let (own, plain) = (try await scores(precision), try await scores(precision, usesMatrixUnits: false))
    let error = zip(own, plain).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let norm = plain.reduce(0) { $0 + $1 * $1 }
    // Sums in another order, rounded to half precision again by the next product.
    #expect(norm > 0 && error <= norm * precision.tolerance)
  }

  /// The copy of an operand in half precision is planned for.
  @Test(arguments: precisions) func memoryIsPlanned(precision: Precision) throws {
    let info = try #require(TestDevice.info)
    let planned = try [true, false].map {
      try VulkanBackend(
        selection: .uuid(info.uuid), precision: precision, tokenBudget: 256, threads: 2, cacheDirectory: "",
        usesMatrixUnits: $0
      ).memory(of: [SmallModel.program()], longest: 32)
    }
    #expect(planned[0].weights == planned[1].weights)
    #expect(planned[0].arenas >= planned[1].arenas + 2 * 256 * 3 * SmallModel.hidden * 2)
  }
}
