import SalienceTensors
import SalienceVulkan
import Testing

@Suite struct TokenBudgetTests {
  @Test func halvesDownToTheLongestSequence() {
    let budget = TokenBudget(1000)
    #expect(budget.halve(1000, least: 300) == 500)
    #expect(budget.halve(500, least: 300) == 300)
    #expect(budget.halve(300, least: 300) == nil)
    #expect(budget.value == 300)
    // A longer sequence than the budget runs alone, and cannot be made shorter.
    #expect(budget.halve(400, least: 400) == nil)
  }

  /// Two threads that fail with the same batch halve once.
  @Test func failuresOfOneSizeHalveOnce() {
    let budget = TokenBudget(1000)
    #expect(budget.halve(1000, least: 1) == 500)
    #expect(budget.halve(1000, least: 1) == 500)
  }

  /// A value with a row a sequence counts for as many rows as a batch has sequences, a quarter of its tokens.
  @Test func largestValueByItsRows() throws {
    let hidden = SmallModel.hidden
    #expect(TokenBudget.largestValue([try SmallModel.program()], tokens: 1024) == 1024 * 3 * hidden)
    var plan = Plan()
    let x = try plan.embedding(EmbeddingTerm(Parameter("words", shape: [SmallModel.vocabulary, hidden]), .wordIDs))
    let wide = try plan.linear(
      plan.selectedRow(x), weight: Parameter("wide", shape: [8 * hidden, hidden]), bias: nil)
    plan.result(try plan.linear(wide, weight: Parameter("classes", shape: [3, 8 * hidden]), bias: nil))
    let program = try PathProgram(model: plan, point: x)
    #expect(TokenBudget.largestValue([program], tokens: 1024) == 256 * 8 * hidden)
  }

  @Test func fitsMemoryAndLimits() throws {
    let program = try SmallModel.program()
    var limits = VulkanLimits()
    (limits.maxStorageRange, limits.maxAllocation) = (1 << 40, 1 << 40)
    func fitting(_ memory: Int, weights: Int = 0) -> Int {
      TokenBudget.fitting(
        4096, programs: [program], streams: 2, weightBytes: weights, memory: memory, limits: limits)
    }
    let need = PathExecutor.elementCount(program, tokenCapacity: 4096) * MemoryLayout<Float>.stride * 2
    #expect(fitting(need * 5 / 4 + 5) == 4096)
    #expect(fitting(need) == 2048)
    #expect(fitting(need * 5 / 4 + 5, weights: need / 8) == 2048)
    #expect(fitting(0) == 64)
    limits.maxStorageRange = 1024 * 3 * SmallModel.hidden * MemoryLayout<Float>.stride
    #expect(fitting(.max / 8) == 1024)
    limits.maxStorageRange = 1 << 40
    limits.maxAllocation = need / 2 - 1
    #expect(fitting(.max / 8) == 2048)
  }
}
