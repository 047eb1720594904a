import SalienceTensors

/// A case's plan and its gradient on one stream.
struct OpRun {
  let plan: DifferentiatedPlan
  let batch: PackedBatch
  let kernels: any Kernels
  private let run: PlanRun

  /// - Parameters:
  ///   - rule: how gradients pass each op.
  ///   - profile: takes the time of every op.
  init(
    _ opCase: OpCase, by rule: any GradientRule = ExactGradient(), on backend: TestBackend,
    profile: ProfileCollector? = nil
  ) throws {
    plan = try opCase.plan.differentiated(by: rule)
    kernels = try backend.stream(plan.plan, RandomParameters(plan.plan))
    batch = PackedBatch(
      zip(opCase.lengths, opCase.selectedRows).map { length, row in
        let zeros = [Int32](repeating: 0, count: length)
        let words = (0..<length).map { Int32((7 * $0 + 3) % 11) }
        let positions = (0..<length).map { Int32(opCase.firstPosition + $0) }
        return TokenSequence(
          wordIDs: words, positionIDs: positions, typeIDs: zeros, selectedRow: row,
          candidates: (0..<length).map(opCase.isCandidate))
      })
    let capacity = MemoryPlan.Capacity(tokens: batch.tokenCount, sequences: batch.sequenceCount)
    run = try PlanRun(plan.plan, capacity: capacity, keptBefore: plan.backwardStart, on: kernels, profile: profile)
    try kernels.begin(batch)
  }

  var input: Handle { get throws { try run.handle(plan.plan.inputs[0]) } }
  var output: Handle { get throws { try run.handle(plan.plan.outputs[0]) } }
  var inputCount: Int { count(plan.plan.inputs[0]) }
  var outputCount: Int { count(plan.plan.outputs[0]) }

  private func count(_ value: ValueID) -> Int {
    let shape = plan.plan.shape(of: value)
    return batch.rows(shape.rows) * shape.width
  }

  func forward() throws { try run.run(0..<plan.backwardStart) }

  func backward(_ cotangent: [Float]) throws -> [Float] {
    try kernels.write(cotangent, to: run.handle(plan.cotangent), at: 0)
    try run.run(plan.backwardStart..<plan.plan.instructions.count)
    return try kernels.read(run.handle(plan.inputGradient), count: inputCount)
  }

  /// Output and gradient for seeded operands.
  func values() throws -> (output: [Float], gradient: [Float]) {
    var random = Randomness(seed: 1)
    try kernels.write(random.values(inputCount), to: input, at: 0)
    try forward()
    let output = try kernels.read(self.output, count: outputCount)
    return (output, try backward(random.values(outputCount)))
  }
}
