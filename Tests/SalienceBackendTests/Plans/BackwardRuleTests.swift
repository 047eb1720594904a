import SalienceTensors
import Testing

/// Gradients that pass ops by other rules than the ops' own.
@Suite struct BackwardRuleTests {
  /// Doubles what passes an activation; every other op keeps its own gradient.
  private struct DoubledActivations: GradientRule {
    func gradients(of instruction: Instruction, from gradient: ValueID, in plan: inout Plan) throws -> [ValueID?] {
      let exact = try ExactGradient().gradients(of: instruction, from: gradient, in: &plan)
      guard instruction.operation is Activation else { return exact }
      return try exact.map { try $0.map { try plan.add($0, $0) } }
    }
  }

  private static let backends = TestBackend.all.filter { $0.device.precision == .f32 }

  /// A rule for one op holds wherever the op stands, and changes no output: three activations, one after another, make
  /// eight times the gradient.
  @Test(arguments: backends) func reachesEveryPlaceOfAnOp(backend: TestBackend) throws {
    let opCase = try OpCase("activations", ValueShape(.tokens, 16), lengths: [3, 1, 5]) { plan, x in
      try [ActivationFunction.gelu, .tanh, .silu].enumerated().reduce(x) { x, place in
        let weight = Parameter("weight\(place.offset)", shape: [16, 16])
        return try plan.activation(place.element, plan.linear(x, weight: weight, bias: nil))
      }
    }
    let exact = try OpRun(opCase, on: backend).values()
    let doubled = try OpRun(opCase, by: DoubledActivations(), on: backend).values()
    #expect(doubled.output == exact.output)
    #expect(exact.gradient.contains { $0 != 0 })
    #expect(doubled.gradient == exact.gradient.map { 8 * $0 })
  }

  /// The rule that a program names is the one that it is differentiated by.
  @Test func exactIsEachOpsOwn() throws {
    let opCase = try OpCase("activation", ValueShape(.tokens, 8), lengths: [2]) { plan, x in
      try plan.activation(.gelu, x)
    }
    let own = try opCase.plan.differentiated().plan.instructions.map { "\($0)" }
    #expect(try opCase.plan.differentiated(by: BackwardRules.exact.rule).plan.instructions.map { "\($0)" } == own)
    let doubled = try opCase.plan.differentiated(by: DoubledActivations()).plan.instructions
    #expect(doubled.count == own.count + 1)
  }

  /// What was made for predictions says that it has no gradient.
  @Test func predictionsHaveNoGradient() async throws {
    var plan = Plan()
    let x = try plan.embedding(EmbeddingTerm(Parameter("words", shape: [5, 8]), .wordIDs))
    let output = try plan.linear(plan.selectedRow(x), weight: Parameter("classes", shape: [2, 8]), bias: nil)
    plan.result(output)
    // The stream holds the weights as the program's products read them.
    plan = plan.keepingFloat32([.sequences])
    let program = try PathProgram(model: plan, point: x, rules: nil)
    #expect(program.gradient == nil && program.endWidth == 0 && program.sumWidth == 0)
    #expect(program.flopsPerPath(lengths: [3], targets: 1) == 0)
    let end = PathEnd(TokenSequence(wordIDs: [1, 2], positionIDs: [0, 1], typeIDs: [0, 0]))
    let request = PathRequest(
      input: end, baseline: end, points: [PathPoint(alpha: 1, weight: 1)], cotangents: [[1, 0]])
    for backend in TestBackend.all {
      let stream = try backend.stream(plan, RandomParameters(plan))
      let executor = try PathExecutor(program, tokenCapacity: 16, on: stream)
      #expect(try executor.outputs(of: [end]).map(\.count) == [2])
      let error = #expect(throws: TensorError.self) { try executor.attribute([request]) }
      #expect(error?.code == .notDifferentiable)
    }
  }
}
