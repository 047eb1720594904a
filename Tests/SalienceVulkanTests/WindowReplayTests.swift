import SalienceReference
import SalienceTensors
import SalienceVulkan
import Testing

/// Attention in windows inside commands that are recorded once: which row a sequence selects, and so what it sees, is
/// the batch's affair.
@Suite(.enabled(if: TestDevice.info != nil, "no Vulkan device")) struct WindowReplayTests {
  /// Causal attention, then that of the selected row alone in a sliding window.
  private static func program() throws -> PathProgram {
    let hidden = SmallModel.hidden
    var plan = Plan()
    func matrix(_ name: String, _ rows: Int, _ columns: Int) -> Parameter { Parameter(name, shape: [rows, columns]) }
    let words = EmbeddingTerm(matrix("words", SmallModel.vocabulary, hidden), .wordIDs)
    let positions = EmbeddingTerm(matrix("positions", 64, hidden), .positionIDs)
    let x = try plan.embedding(words, positions)
    let qkv = try plan.linear(x, weight: matrix("qkv", 3 * hidden, hidden), bias: nil)
    let mixed = try plan.add(x, plan.attention(qkv, heads: 4, scale: 2, window: .causal))
    let query = try plan.linear(plan.selectedRow(mixed), weight: matrix("query", hidden, hidden), bias: nil)
    let keysValues = try plan.linear(mixed, weight: matrix("in", 2 * hidden, hidden), bias: nil)
    let seen = try plan.selectedRowAttention(
      query: query, keysValues: keysValues, heads: 4, scale: 2, window: .causalLocal(4))
    plan.result(try plan.linear(seen, weight: matrix("classes", 3, hidden), bias: nil))
    return try PathProgram(model: plan, point: x)
  }

  /// The small model's examples, each with a row of its own choice.
  private static let requests = SmallModel.requests(24, points: 5).enumerated().map { index, request in
    func end(_ end: PathEnd) -> PathEnd {
      var sequence = end.sequence
      sequence.selectedRow = index * 5 % sequence.count
      return PathEnd(sequence)
    }
    return PathRequest(
      input: end(request.input), baseline: end(request.baseline), points: request.points,
      cotangents: request.cotangents)
  }

  private func backend() throws -> VulkanBackend {
    try VulkanBackend(
      selection: .uuid(#require(TestDevice.info).uuid), tokenBudget: 256, threads: 1,
      validation: TestDevice.hasValidation, cacheDirectory: "")
  }

  @Test func everyBatchSeesItsOwnRows() async throws {
    let reference = try await ReferenceBackend().prepare([Self.program()], parameters: SmallModel())
    let expected = try await reference.attribute(program: 0, requests: Self.requests).map(\.scores)
    let backend = try backend()
    let model = try await backend.prepare([Self.program()], parameters: SmallModel())
    let all = try await model.attribute(program: 0, requests: Self.requests).map(\.scores)
    // Again in what the first batches recorded, the other way round, and one by one.
    let reversed = try await model.attribute(program: 0, requests: Self.requests.reversed()).map(\.scores)
    #expect(Array(reversed.reversed()) == all)
    for (index, request) in Self.requests.enumerated() {
      #expect(try await model.attribute(program: 0, requests: [request]).map(\.scores) == [all[index]])
      let row = request.input.sequence.selectedRow
      for (own, other) in zip(all[index], expected[index]) {
        let norm = other.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(zip(own, other).allSatisfy { abs($0 - $1) <= 1e-5 * norm }, "row \(row) of \(other.count)")
        // The selected row sees nothing behind itself.
        #expect(own.suffix(other.count - 1 - row).allSatisfy { $0 == 0 })
      }
    }
    #expect(backend.messages?.all ?? [] == [])
  }
}
