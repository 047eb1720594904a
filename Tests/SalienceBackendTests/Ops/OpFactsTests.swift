import SalienceReference
import SalienceTensors
import Testing

/// What ops say of themselves, which plans, profiles and passes believe.
@Suite struct OpFactsTests {
  /// A new op joins the suite of ops and the facts by hand, or this fails.
  @Test func everyOpIsTested() throws {
    let declared = try declaredTypes(adopting: "Operation")
    #expect(declared.count > 30)
    let cases =
      try OpCase.all().flatMap { try $0.plan.differentiated().plan.instructions.map(\.operation) }
      + RescaleRuleTests.cases().flatMap {
        try $0.plan.differentiated(by: RescaleGradient()).plan.instructions.map(\.operation)
      }
    #expect(declared == Set(cases.map { "\(type(of: $0))" }), "ops and those of OpCase.all()")
    #expect(declared == Set(try OpFacts.all().map(\.type)), "ops and those of OpFacts.all()")
  }

  @Test func workIsWhatWasCountedByHand() throws {
    for facts in try OpFacts.all() {
      let work = facts.operation.work(BatchSizes(OpFacts.batch), inputs: facts.inputs, outputs: facts.outputs)
      #expect(work == KernelWork(flops: facts.flops, elements: facts.elements), "\(facts.type) \(facts.inputs)")
    }
  }

  /// Where no batch is known yet, each selected row counts as the one that sees most.
  @Test func plannedWorkIsTheMost() throws {
    let planned = BatchSizes(lengths: OpFacts.batch.lengths)
    for facts in try OpFacts.all() {
      let flops = facts.operation.flops(planned, inputs: facts.inputs)
      #expect(flops >= facts.flops, "\(facts.type) \(facts.inputs)")
      // 7 of 8 keys under the causal window.
      #expect(flops == facts.flops || flops * 7 == facts.flops * 8, "\(facts.type) \(facts.inputs)")
    }
  }

  /// The traits, measured on the reference: an op is linear, affine and elementwise where it says so and nowhere else.
  @Test func traitsHold() throws {
    for facts in try OpFacts.all() where !facts.inputs.isEmpty {
      let probe = try OpProbe(facts)
      let note = Comment(rawValue: "\(facts.type) \(facts.inputs)")
      #expect(try probe.isLinear(1.9, 0.8) == (facts.operation.linearity == .linear), note)
      #expect(try probe.isLinear(-0.7, 1.7) == (facts.operation.linearity != .none), note)
      #expect(try probe.isElementwise() == facts.operation.isElementwise, note)
    }
  }

  @Test func callsOutsidePlansAreCountedToo() throws {
    // Two points of an example of 3 tokens, and one of another of 5: 11 tokens, of which 8 are different ones; H is 8.
    let sizes = BatchSizes(lengths: [3, 3, 5])
    var path = PathBatch()
    for row in [0, 0, 3] { path.append(exampleRow: row, alpha: 0.5, weight: 1) }
    let (a, b, c) = (Handle(id: 1), Handle(id: 2), Handle(id: 3))
    let noise = GaussianNoise(seed: 1, deviation: 0.1)
    let samples = SampleRows(row: 0, tokenCount: 3, sampleCount: 2, statistic: .variance)
    let calls: [(any KernelCall, Int)] = [
      (Interpolation(input: a, baseline: b, path: path, output: c, width: 8), 2 * 8 * 8 + 11 * 8),
      (Accumulation(a, path: path, into: b, width: 8), 11 * 8 + 2 * 8 * 8),
      (Storing(a, zeroed: [true, false, false], into: b, at: 2, width: 8), 2 * 3 * 8),
      (Clearing(a, rows: 6, width: 8), 6 * 8),
      // Sums and sums of squares in 64 bits.
      (Reduction(input: a, baseline: b, gradient: c, rows: 6, width: 8), 3 * 6 * 8 + 6 * 2 * 2),
      (
        NoiseAddition(
          [NoisyRows(row: 0, tokenCount: 3, noise: noise), NoisyRows(row: 3, tokenCount: 5, noise: noise)], to: a,
          width: 8), 2 * 8 * 8
      ),
      (SampleReduction([samples], input: a, baseline: b, gradient: c, width: 8), 3 * 6 * 8 + 3 * 2 * 2),
    ]
    for (call, elements) in calls {
      #expect(call.work(sizes) == KernelWork(elements: elements), "\(type(of: call))")
    }
    #expect(try declaredTypes(adopting: "KernelCall") == Set(calls.map { "\(type(of: $0.0))" }))
  }
}

/// One op on the reference, evaluated at operands between 0.1 and 0.9.
private struct OpProbe {
  private let facts: OpFacts
  private let stream: ReferenceStream
  private let run: PlanRun
  private let inputs: [ValueID]
  private let output: ValueID

  init(_ facts: OpFacts) throws {
    self.facts = facts
    var plan = Plan()
    inputs = facts.inputs.map { plan.input($0) }
    output = try plan.apply(facts.operation, inputs)[0]
    plan.result(output)
    stream = ReferenceStream(parameters: RandomParameters(plan))
    let (tokens, sequences) = (OpFacts.batch.tokenCount, OpFacts.batch.sequenceCount)
    run = try PlanRun(
      plan, capacity: MemoryPlan.Capacity(tokens: tokens, sequences: sequences), on: stream)
    stream.begin(OpFacts.batch)
  }

  private func operands(seed: UInt64) -> [[Double]] {
    var random = Randomness(seed: seed)
    return facts.inputs.map { shape in
      (0..<OpFacts.batch.rows(shape.rows) * shape.width).map { _ in 0.5 + 0.4 * random.next() / 3.0.squareRoot() }
    }
  }

  private func value(_ operands: [[Double]]) throws -> [Double] {
    for (input, values) in zip(inputs, operands) { try stream.store(values, to: run.handle(input)) }
    try run.run()
    return try stream.values(run.handle(output))
  }

  /// Whether f(s x + t y) = s f(x) + t f(y) over all operands together.
  func isLinear(_ s: Double, _ t: Double) throws -> Bool {
    let (x, y) = (operands(seed: 3), operands(seed: 4))
    func mix(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { s * $0 + t * $1 } }
    let actual = try value(zip(x, y).map(mix))
    let expected = mix(try value(x), try value(y))
    return zip(actual, expected).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) }
  }

  /// Whether nothing but the elements at a place changes the result at that place.
  func isElementwise() throws -> Bool {
    let (x, y) = (operands(seed: 3), operands(seed: 4))
    let result = try value(x)
    guard x.allSatisfy({ $0.count == result.count }) else { return false }
    let place = result.count / 2
    let others = zip(x, y).map { x, y in y.enumerated().map { $0 == place ? x[place] : $1 } }
    return try value(others)[place] == result[place]
  }
}
