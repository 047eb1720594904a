import SalienceTensors
import SalienceTestSupport
import Testing

/// The local gradients of AttnLRP, op by op.
@Suite struct RelevanceRuleTests {
  private static let backends = TestBackend.all.filter { $0.device.precision == .f32 }
  private static let rule = BackwardRules.attnLRP.rule

  /// Types of ops whose gradient is another one under the rules.
  private static func hasOwnRule(_ operation: any Operation) -> Bool {
    switch operation {
    case is Activation, is GatedActivation, is LayerNorm, is RMSNorm, is Multiply: true
    case is Attention, is SelectedRowAttention, is DisentangledAttention: true
    default: false
    }
  }

  /// Every case of the op suite that has such an op, against float64.
  @Test(arguments: TestBackend.all) func matchesReference(backend: TestBackend) throws {
    var (worst, count) = ((error: 0.0, name: ""), 0)
    for opCase in try OpCase.all() {
      let operations = opCase.plan.instructions.map(\.operation)
      guard operations.contains(where: Self.hasOwnRule), !operations.contains(where: { $0 is MultiQueryAttention }),
        opCase.lengths.reduce(0, +) <= 64
      else { continue }
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
    print("\(backend.testDescription): relevance, \(count) cases, worst error \(worst.error) in \(worst.name)")
  }

  /// Input, output and their gradients of a case: x, y, dx and dy.
  private func passes(
    _ opCase: OpCase, on backend: TestBackend
  ) throws -> (x: [Double], y: [Double], dx: [Double], dy: [Double]) {
    let run = try OpRun(opCase, by: Self.rule, on: backend)
    var random = Randomness(seed: 31)
    let (x, dy) = (random.values(run.inputCount), random.values(run.outputCount))
    try run.kernels.write(x, to: run.input, at: 0)
    try run.forward()
    let y = try run.kernels.read(run.output, count: run.outputCount)
    let dx = try run.backward(dy)
    return (x.map(Double.init), y.map(Double.init), dx.map(Double.init), dy.map(Double.init))
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  private func size(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + abs($1.0 * $1.1) } }

  private static let conserving: [@Sendable () throws -> OpCase] = {
    let tokens = ValueShape(.tokens, 20)
    let (lengths, gamma) = ([3, 1, 7], Parameter("gamma", shape: [20]))
    let activations: [@Sendable () throws -> OpCase] = [ActivationFunction.gelu, .geluTanh, .relu, .tanh, .silu].flatMap
    {
      function -> [@Sendable () throws -> OpCase] in
      [
        { try OpCase("activation \(function)", tokens, lengths: lengths) { try $0.activation(function, $1) } },
        {
          try OpCase("gated \(function)", ValueShape(.tokens, 40), lengths: lengths) {
            try $0.gatedActivation(function, $1)
          }
        },
      ]
    }
    return activations + [
      {
        try OpCase("layer norm", tokens, lengths: lengths) {
          try $0.layerNorm($1, residual: $0.activation(.tanh, $1), gamma: gamma, beta: nil, epsilon: 1e-5)
        }
      },
      {
        try OpCase("rms norm", tokens, lengths: lengths) {
          try $0.rmsNorm($1, residual: $0.activation(.tanh, $1), gamma: gamma, epsilon: 1e-5)
        }
      },
      {
        try OpCase("norms of heads", ValueShape(.tokens, 24), lengths: lengths) {
          try $0.rmsNorm($1, gamma: gamma, groupSize: 5, epsilon: 1e-5)
        }
      },
      {
        try OpCase("product of two values", tokens, lengths: lengths) { plan, x in
          let other = try plan.linear(x, weight: Parameter("w", shape: [20, 20]), bias: nil)
          return try plan.multiply(plan.activation(.silu, x), other)
        }
      },
      {
        try OpCase("two layers", tokens, lengths: lengths) { plan, x in
          let inner = try plan.linear(x, weight: Parameter("up", shape: [32, 20]), bias: nil)
          let down = Parameter("down", shape: [20, 32])
          let outer = try plan.linear(plan.activation(.gelu, inner), weight: down, bias: nil)
          return try plan.meanRow(plan.layerNorm(outer, residual: x, gamma: gamma, beta: nil, epsilon: 1e-6))
        }
      },
    ]
  }()

  /// Without biases and softmaxes an op passes on all the relevance that it is given.
  @Test(arguments: backends) func relevanceIsConserved(backend: TestBackend) throws {
    for make in Self.conserving {
      let opCase = try make()
      let (x, y, dx, dy) = try passes(opCase, on: backend)
      #expect(size(y, dy) > 0)
      #expect(abs(dot(y, dy) - dot(x, dx)) <= 1e-5 * size(y, dy), "\(opCase.name)")
    }
  }

  /// Values have half of what attention gives away, and queries as much as keys.
  @Test(arguments: backends) func attentionSharesByHalves(backend: TestBackend) throws {
    for window in [AttentionWindow.everything, .causal, .local(2)] {
      let opCase = try OpCase("attention", ValueShape(.tokens, 48), lengths: [9, 1, 5]) {
        try $0.attention($1, heads: 2, scale: 0.7, window: window)
      }
      let (x, y, dx, dy) = try passes(opCase, on: backend)
      func part(_ values: [Double], _ index: Int) -> [Double] {
        values.enumerated().filter { $0.offset % 48 / 16 == index }.map(\.element)
      }
      #expect(abs(dot(part(x, 2), part(dx, 2)) - dot(y, dy) / 2) <= 1e-5 * size(y, dy))
      let (queries, keys) = (dot(part(x, 0), part(dx, 0)), dot(part(x, 1), part(dx, 1)))
      #expect(abs(queries - keys) <= 1e-5 * size(y, dy) && queries != 0)
    }
  }

  /// Where x is 0 the slope is f's own, and nothing is divided.
  @Test(arguments: backends) func zerosHaveAFiniteSlope(backend: TestBackend) throws {
    for (function, slope) in [(ActivationFunction.gelu, Float(0.5)), (.relu, 0), (.tanh, 1), (.silu, 0.5)] {
      let opCase = try OpCase("activation", ValueShape(.tokens, 8), lengths: [2]) { try $0.activation(function, $1) }
      let run = try OpRun(opCase, by: Self.rule, on: backend)
      try run.kernels.write(Array(repeating: 0, count: 16), to: run.input, at: 0)
      try run.forward()
      #expect(try run.backward(Array(repeating: 3, count: 16)) == Array(repeating: 3 * slope, count: 16))
    }
  }

  /// What has no rule says so instead of giving a gradient that is none.
  @Test func rowsThatAreKeysAndValuesAreRefused() throws {
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 8))
    let queries = try plan.linear(plan.selectedRow(x), weight: Parameter("q", shape: [16, 8]), bias: nil)
    plan.result(try plan.multiQueryAttention(queries: queries, rows: x, heads: 2, scale: 1))
    #expect(throws: TensorError.self) { try plan.differentiated(by: Self.rule) }
    #expect(!BackwardRules.attnLRP.allowsAbsorbedKeysValues && BackwardRules.exact.allowsAbsorbedKeysValues)
  }
}
