import SalienceTensors
import Testing

/// Operands that do not fit are refused when a plan is made.
@Suite struct RowOpShapeTests {
  @Test func groupsThatDoNotFitAreRefused() {
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 24))
    for (count, size) in [(32, 8), (12, 8), (4, 8), (0, 8)] {
      #expect(throws: TensorError.self, "\(count) factors in groups of \(size)") {
        _ = try plan.rmsNorm(x, gamma: Parameter("gamma", shape: [count]), groupSize: size, epsilon: 1e-6)
      }
    }
    #expect(throws: TensorError.self) {
      _ = try plan.rmsNorm(x, gamma: Parameter("gamma", shape: [16]), epsilon: 1e-6)
    }
  }

  @Test func oddRowsAreNotGated() {
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 7))
    #expect(throws: TensorError.self) { _ = try plan.gatedActivation(.silu, x) }
  }

  @Test(arguments: [
    (4, 3, 8, 4, 80), (4, 2, 8, 5, 64), (4, 2, 8, 4, 60), (4, 0, 8, 4, 32),
  ])
  func headsThatDoNotFitAreRefused(heads: Int, keyHeads: Int, size: Int, pairs: Int, width: Int) {
    let embedding = RotaryEmbedding(
      heads: heads, keyHeads: keyHeads, headSize: size, frequencies: Array(repeating: 1, count: pairs))
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, width))
    #expect(throws: TensorError.self) { _ = try plan.rotary(x, embedding) }
  }

  /// A table of rotations is looked up without a check.
  @Test(arguments: TestBackend.all.dropFirst()) func negativePositionsAreRefused(backend: TestBackend) throws {
    let embedding = RotaryEmbedding(heads: 1, headSize: 4, frequencies: [1, 0.5])
    var opCase = try OpCase("rotary", ValueShape(.tokens, 12), lengths: [2]) { try $0.rotary($1, embedding) }
    opCase.firstPosition = -1
    let run = try OpRun(opCase, on: backend)
    #expect(throws: TensorError.self) { try run.forward() }
  }

  /// A table of rotations grows with the positions that batches have, and serves the earlier ones as before.
  @Test(arguments: TestBackend.all) func laterPositionsDoNotChangeEarlierOnes(backend: TestBackend) throws {
    let embedding = RotaryEmbedding(heads: 2, keyHeads: 1, headSize: 8, frequencies: [1, 0.1, 0.01, 0.001])
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 32))
    plan.result(try plan.rotary(x, embedding))
    let kernels = try backend.stream(plan, RandomParameters(plan))
    let run = try PlanRun(plan, capacity: MemoryPlan.Capacity(tokens: 16, sequences: 1), on: kernels)
    var random = Randomness(seed: 5)
    let values = random.values(3 * 32)
    func output(_ first: Int32) throws -> [Float] {
      let zeros = [Int32](repeating: 0, count: 3)
      try kernels.begin(
        PackedBatch([TokenSequence(wordIDs: zeros, positionIDs: [first, first + 1, first + 2], typeIDs: zeros)]))
      try kernels.write(values, to: run.handle(plan.inputs[0]), at: 0)
      try run.run()
      return try kernels.read(run.handle(plan.outputs[0]), count: 3 * 48)
    }
    let early = try output(0)
    let late = try output(4000)
    #expect(late != early)
    #expect(try output(0) == early)
    #expect(try output(4000) == late)
  }
}
