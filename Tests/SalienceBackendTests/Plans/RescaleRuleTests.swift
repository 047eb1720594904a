import SalienceTensors
import SalienceTestSupport
import Testing

/// DeepLIFT's multipliers, op by op, between partner sequences.
@Suite struct RescaleRuleTests {
  private static let backends = TestBackend.all.filter { $0.device.precision == .f32 }
  private static let rule = BackwardRules.rescale.rule

  /// Types of ops whose multipliers are not their gradient.
  private static func hasOwnRule(_ operation: any Operation) -> Bool {
    switch operation {
    case is Activation, is GatedActivation, is LayerNorm, is RMSNorm, is Multiply, is Softmax, is TokenSoftmax: true
    case is Sigmoid, is Attention, is DisentangledAttention: true
    default: false
    }
  }

  private static func isRefused(_ operation: any Operation) -> Bool {
    operation is MultiQueryAttention || operation is SelectedRowAttention || operation is LogSoftmax
  }

  /// Those of the op suite that have such an op, each sequence beside a partner.
  ///
  /// - Parameter tokens: the most that a case has without partners.
  static func cases(tokens: Int = 64) throws -> [OpCase] {
    try OpCase.all().filter { opCase in
      let operations = opCase.plan.instructions.map(\.operation)
      return operations.contains(where: hasOwnRule) && !operations.contains(where: isRefused)
        && opCase.lengths.reduce(0, +) <= tokens
    }.map { $0.paired() }
  }

  @Test(arguments: TestBackend.all) func matchesReference(backend: TestBackend) throws {
    var (worst, count) = ((error: 0.0, name: ""), 0)
    for opCase in try Self.cases() {
      count += 1
      let expected = try OpRun(opCase, by: Self.rule, on: TestBackend.all[0]).values()
      let actual = try OpRun(opCase, by: Self.rule, on: backend).values()
      let tolerance =
        opCase.isRounded ? backend.device.tolerance : min(backend.device.tolerance, Precision.f32.tolerance)
      for (pass, own, other) in [
        ("forward", actual.output, expected.output), ("backward", actual.gradient, expected.gradient),
      ] {
        let error = normalisedError(own, other)
        #expect(error <= tolerance, "\(opCase.testDescription) \(pass)")
        if error > worst.error { worst = (error, "\(opCase.testDescription) \(pass)") }
      }
    }
    #expect(count > 100)
    #expect(backend.complaints() ?? [] == [])
    print("\(backend.testDescription): multipliers, \(count) cases, worst error \(worst.error) in \(worst.name)")
  }

  /// Elements of each sequence, of values with one row per token or per sequence.
  private func split(_ values: [Float], _ batch: PackedBatch) -> [[Double]] {
    let width = values.count / (values.count % batch.tokenCount == 0 ? batch.tokenCount : batch.sequenceCount)
    let isOfTokens = values.count == batch.tokenCount * width && values.count % batch.tokenCount == 0
    var rest = values.map(Double.init)[...]
    return batch.lengths.map { length in
      defer { rest = rest.dropFirst((isOfTokens ? length : 1) * width) }
      return Array(rest.prefix((isOfTokens ? length : 1) * width))
    }
  }

  /// - Parameter scale: of the distance between partners; they are some random values apart at 1.
  private func worstDelta(_ opCase: OpCase, scale: Float, on backend: TestBackend) throws -> Double {
    let run = try OpRun(opCase, by: Self.rule, on: backend)
    let plan = run.plan.plan
    let (shape, cotangents) = (plan.shape(of: plan.inputs[0]), plan.shape(of: run.plan.cotangent))
    var random = Randomness(seed: 41)
    /// Values of each pair of partners: the second's are the first's and `scale` times others.
    func paired(_ shape: ValueShape, scale: Float) -> [Float] {
      stride(from: 0, to: run.batch.sequenceCount, by: 2).flatMap { pair in
        let count = (shape.rows == .tokens ? run.batch.lengths[pair] : 1) * shape.width
        let own = random.values(count)
        return own + zip(own, random.values(count)).map { $0 + scale * $1 }
      }
    }
    let (x, dy) = (paired(shape, scale: scale), paired(cotangents, scale: 0))
    try run.kernels.write(x, to: run.input, at: 0)
    try run.forward()
    let y = try run.kernels.read(run.output, count: run.outputCount)
    let dx = try run.backward(dy)
    let (inputs, outputs) = (split(x, run.batch), split(y, run.batch))
    let (given, passed) = (split(dy, run.batch), split(dx, run.batch))
    var worst = 0.0
    for pair in stride(from: 0, to: run.batch.sequenceCount, by: 2) {
      func sum(_ values: [[Double]], _ factors: [Double]) -> (sum: Double, size: Double) {
        let terms = factors.indices.map { (values[pair][$0] - values[pair + 1][$0]) * factors[$0] }
        return (terms.reduce(0, +), terms.reduce(0) { $0 + abs($1) })
      }
      let (before, after) = (sum(inputs, passed[pair]), sum(outputs, given[pair]))
      // Rounded values are subtracted here, which the multipliers' own computation does not do.
      let noise = outputs[pair].indices.reduce(0) { $0 + 8e-7 * abs(outputs[pair][$1] * given[pair][$1]) }
      let size = max(before.size, after.size, .leastNormalMagnitude)
      worst = max(worst, (abs(before.sum - after.sum) - noise) / size)
      let (own, partners) = (passed[pair].map { Float($0) }, passed[pair + 1].map { Float($0) })
      #expect(normalisedError(own, partners) <= 1e-10, "\(opCase.testDescription): partners have one multiplier")
    }
    return worst
  }

  /// Multipliers times the difference of the operands are the difference of the results, however far apart they are.
  @Test(arguments: backends) func differencesAddUp(backend: TestBackend) throws {
    for opCase in try Self.cases(tokens: 16) {
      for scale in [Float(3), 0.1, 1e-3, 0] {
        let delta = try worstDelta(opCase, scale: scale, on: backend)
        #expect(delta <= 2e-5, "\(opCase.testDescription), \(scale) apart: \(delta)")
      }
    }
  }

  /// Between equal partners the multipliers are the gradient, to the precision of float32.
  @Test(arguments: backends) func ofEqualPartnersTheyAreTheGradient(backend: TestBackend) throws {
    for opCase in try Self.cases(tokens: 32) {
      let (own, exact) = (try OpRun(opCase, by: Self.rule, on: backend), try OpRun(opCase, on: backend))
      func gradient(_ run: OpRun) throws -> [Float] {
        var random = Randomness(seed: 43)
        func paired(_ value: ValueID) -> [Float] {
          let shape = run.plan.plan.shape(of: value)
          return stride(from: 0, to: run.batch.sequenceCount, by: 2).flatMap { pair in
            let values = random.values((shape.rows == .tokens ? run.batch.lengths[pair] : 1) * shape.width)
            return values + values
          }
        }
        try run.kernels.write(paired(run.plan.plan.inputs[0]), to: run.input, at: 0)
        let cotangent = paired(run.plan.cotangent)
        try run.forward()
        return try run.backward(cotangent)
      }
      #expect(try normalisedError(gradient(own), gradient(exact)) <= 1e-10, "\(opCase.testDescription)")
    }
  }

  /// Quotients keep their digits where f is flat, where x and x' are next to each other, and far out.
  @Test(arguments: backends) func quotientsKeepTheirDigits(backend: TestBackend) throws {
    let points: [(Float, Float)] = [
      (0, 0), (1, 1), (1, 1 + 1e-6), (0.3, 0.3001), (-2, -2.0005), (6, 6.01), (-6, -6.01), (9, 12), (-9, -12), (20, 30),
      (-20, -30), (5, -5), (1e-30, -1e-30), (0.2, 0.7), (-0.45, 0.54), (-1, 0.2), (3e4, 1), (-3e4, 3e4),
    ]
    for function in [ActivationFunction.gelu, .geluTanh, .relu, .tanh, .silu] {
      let opCase = try OpCase("activation", ValueShape(.tokens, points.count), lengths: [1, 1]) {
        try $0.activation(function, $1)
      }
      func multipliers(_ backend: TestBackend) throws -> [Float] {
        let run = try OpRun(opCase, by: Self.rule, on: backend)
        try run.kernels.write(points.map(\.0) + points.map(\.1), to: run.input, at: 0)
        try run.forward()
        return try run.backward(Array(repeating: 1, count: 2 * points.count))
      }
      for (own, expected) in zip(try multipliers(backend), try multipliers(TestBackend.all[0])) {
        #expect(abs(own - expected) <= 2e-6 * max(1, abs(expected)), "\(function): \(own), \(expected)")
      }
    }
  }

  /// What has no rule says so instead of giving a gradient whose sum is another one.
  @Test func otherOpsAreRefused() throws {
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 8))
    plan.result(try plan.maximumRow(x))
    #expect(throws: TensorError.self) { try plan.differentiated(by: Self.rule) }
    for rules in [BackwardRules.exact, .attnLRP] {
      #expect(rules.allowsSelectedRows && rules.pointsTogether == 1)
      #expect(throws: Never.self) { try plan.differentiated(by: rules.rule) }
    }
    #expect(!BackwardRules.rescale.allowsSelectedRows && BackwardRules.rescale.pointsTogether == 2)
  }
}
