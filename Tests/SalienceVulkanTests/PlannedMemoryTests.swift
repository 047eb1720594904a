import SalienceTensors
import SalienceVulkan
import Testing

/// What a model is planned to take of the device's memory.
@Suite(.enabled(if: TestDevice.info != nil, "no Vulkan device")) struct PlannedMemoryTests {
  private static let frequencies = 6

  /// Tokens to heads that are rotated by their positions.
  private func program() throws -> PathProgram {
    var plan = Plan()
    let x = try plan.embedding(EmbeddingTerm(Parameter("words", shape: [50, 48]), .wordIDs))
    let embedding = RotaryEmbedding(
      heads: 1, headSize: 16, frequencies: (0..<Self.frequencies).map { 1 / Float($0 + 1) })
    let pooled = try plan.selectedRow(plan.rotary(x, embedding))
    plan.result(try plan.linear(pooled, weight: Parameter("classes", shape: [3, 48]), bias: nil))
    return try PathProgram(model: plan, point: x)
  }

  /// 65 tokens take a table of 128 positions in place of one of 64, in each thread and program; arenas hold 256 tokens
  /// in either case.
  @Test(arguments: [1, 2]) func rotationsAreCounted(programs: Int) throws {
    let info = try #require(TestDevice.info)
    let threads = 3
    let backend = try VulkanBackend(
      selection: .uuid(info.uuid), tokenBudget: 256, threads: threads, validation: false, cacheDirectory: "")
    let all = Array(repeating: try program(), count: programs)
    let (short, long) = (backend.memory(of: all, longest: 64), backend.memory(of: all, longest: 65))
    #expect(short.tokenBudget == 256 && long.tokenBudget == 256)
    #expect(
      long.arenas - short.arenas
        == threads * programs * 64 * 2 * Self.frequencies * MemoryLayout<Float>.stride)
    #expect(long.total - short.total == long.arenas - short.arenas)
  }
}
