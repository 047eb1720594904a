import SalienceTensors
import Testing

/// The passes over plans, whatever runs them.
@Suite struct PlanTests {
  /// Values that are alive at one instruction lie apart, and inside the arena.
  @Test func liveValuesDoNotOverlap() throws {
    for opCase in try OpCase.all() {
      let plan = try opCase.plan.differentiated()
      for tokens in [1, 16, 17, 500] {
        let capacity = MemoryPlan.Capacity(tokens: tokens, sequences: min(tokens, 3))
        let memory = MemoryPlan(plan.plan, capacity: capacity, keptBefore: plan.backwardStart)
        check(plan, memory, capacity, opCase.testDescription)
      }
    }
  }

  private func check(
    _ plan: DifferentiatedPlan, _ memory: MemoryPlan, _ capacity: MemoryPlan.Capacity, _ name: String
  ) {
    let instructions = plan.plan.instructions
    var defined = Dictionary(uniqueKeysWithValues: plan.plan.inputs.map { ($0, -1) })
    for (index, instruction) in instructions.enumerated() {
      for case let output? in instruction.outputs { defined[output] = index }
    }
    for index in instructions.indices {
      // Backward may run again, so whatever it reads of the forward pass stays alive through all of it.
      let alive = defined.filter { value, start in
        guard start <= index else { return false }
        let reads = instructions.indices.filter { instructions[$0].inputs.contains(value) }
        let again = index >= plan.backwardStart && start < plan.backwardStart
        return start == index || plan.plan.outputs.contains(value)
          || reads.contains { $0 >= index || again && $0 >= plan.backwardStart }
      }
      let ranges = alive.keys.compactMap { value -> Range<Int>? in
        let shape = plan.plan.shape(of: value)
        let rows = shape.rows == .tokens ? capacity.tokens : capacity.sequences
        return memory.offsets[value.index].map { $0..<$0 + rows * shape.width }
      }.sorted { $0.lowerBound < $1.lowerBound }
      #expect(ranges.count == alive.count, "\(name): every live value has a place")
      #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }, "\(name) at \(index)")
      #expect(ranges.allSatisfy { $0.upperBound <= memory.count }, "\(name)")
    }
  }

  @Test func capacitiesAreWholeBlocks() {
    let sizes = [0, 1, 15, 16, 17, 512].map { MemoryPlan.Capacity(tokens: $0, sequences: $0) }
    #expect(sizes.map(\.tokens) == [0, 16, 16, 16, 32, 512])
    #expect(sizes.map(\.sequences) == sizes.map(\.tokens))
  }

  /// A product of gradients leaves no instruction of its own behind.
  @Test func gradientsFoldIntoProducts() throws {
    let fused = try OpCase.all().filter { $0.name.hasPrefix("fused") }
    #expect(!fused.isEmpty)
    for opCase in fused {
      let plan = try opCase.plan.differentiated()
      let backward = plan.plan.instructions[plan.backwardStart...].map(\.operation)
      #expect(!backward.contains { $0 is Add || $0 is Multiply }, "\(opCase.testDescription)")
      #expect(backward.contains { ($0 as? LinearInputGradient)?.epilogue != Epilogue.none })
    }
  }

  /// An activation becomes part of the product before it, unless somebody else reads that.
  @Test func activationsFoldIntoProducts() throws {
    let weight = Parameter("weight", shape: [8, 8])
    func forward(_ body: (inout Plan, ValueID) throws -> ValueID) throws -> [Instruction] {
      let plan = try OpCase("folded", ValueShape(.tokens, 8), lengths: [1], body).plan.differentiated()
      return Array(plan.plan.instructions[..<plan.backwardStart])
    }
    let folded = try forward { plan, x in try plan.activation(.gelu, plan.linear(x, weight: weight, bias: nil)) }
    #expect(folded.map(\.operation.name) == ["linear"])
    #expect((folded[0].operation as? Linear)?.activation == .gelu)
    #expect(folded[0].outputs.count == 2 && folded[0].outputs[1] != nil)
    let shared = try forward { plan, x in
      let inner = try plan.linear(x, weight: weight, bias: nil)
      return try plan.add(plan.activation(.gelu, inner), inner)
    }
    #expect(shared.map(\.operation.name) == ["linear", "activation", "add"])
    let lone = try forward { plan, x in try plan.activation(.relu, plan.add(x, x)) }
    #expect(lone.map(\.operation.name) == ["add", "activation"])
  }

  /// A product with an activation has a gradient of its own.
  @Test func foldedProductsAreDifferentiable() throws {
    let weight = Parameter("weight", shape: [4, 8])
    let folded = try OpCase("folded", ValueShape(.tokens, 8), lengths: [1]) { plan, x in
      try plan.activation(.tanh, plan.linear(x, weight: weight, bias: nil))
    }
    let product = try folded.plan.differentiated().plan.instructions[0].operation
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 8))
    plan.result(try plan.apply(product, [x])[0])
    let gradient = try plan.differentiated()
    #expect(gradient.plan.instructions.map(\.operation.name) == ["linear", "multiply", "linear_backward"])
  }

  /// A forward-only slice saves nothing for backward, and starts where it is cut.
  @Test func sliceKeepsWhatTargetsNeed() throws {
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 8))
    let y = try plan.activation(.gelu, x)
    let z = try plan.activation(.tanh, y)
    _ = try plan.activation(.relu, x)
    plan.result(z)
    let slice = try plan.slice(from: [y], to: [z])
    #expect(slice.instructions.map { ($0.operation as? Activation)?.function } == [.tanh])
    #expect(slice.instructions[0].outputs[1] == nil)
    #expect(try plan.slice(from: [y], to: [z], keepingAll: true).instructions[0].outputs[1] != nil)
    #expect(throws: TensorError.self) { try plan.slice(from: [], to: [z]) }
  }

  /// Only what nothing but products reads may be kept in their precision.
  @Test func factorsAreReadByProductsAlone() throws {
    let weight = Parameter("w", shape: [8, 8])
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 8))
    let factor = try plan.linear(x, weight: weight, bias: nil)
    let shared = try plan.linear(factor, weight: weight, bias: nil)
    let sum = try plan.add(shared, x)
    let both = try plan.linear(shared, weight: weight, bias: nil)
    plan.result(try plan.add(sum, both))
    #expect(plan.factors(exposed: []) == [factor])
    #expect(plan.factors(exposed: [factor]).isEmpty)
    let gradient = try plan.differentiated()
    let operands = gradient.plan.instructions.filter { $0.inputs.count == 2 }.map { $0.inputs[1] }
    #expect(!operands.isEmpty)
    #expect(gradient.plan.factors(exposed: []).isDisjoint(with: operands + gradient.plan.outputs))
  }

  /// What a product in float32 reads is not kept in another precision, whatever it is made by.
  @Test func factorsAreRounded() throws {
    let weight = Parameter("w", shape: [8, 8])
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 8))
    let factor = try plan.linear(x, weight: weight, bias: nil)
    let rows = try plan.linear(factor, weight: weight, bias: nil)
    let row = try plan.linear(plan.selectedRow(rows), weight: weight, bias: nil)
    plan.result(try plan.linear(row, weight: weight, bias: nil))
    #expect(plan.factors(exposed: []) == [factor, row])
    #expect(plan.keepingFloat32([.sequences]).factors(exposed: []) == [factor])
    #expect(plan.keepingFloat32([.tokens, .sequences]).factors(exposed: []).isEmpty)
  }

  @Test func refusesShapesThatDoNotFit() {
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 8))
    let b = plan.input(ValueShape(.sequences, 8))
    #expect(throws: TensorError.self) { try plan.add(x, b) }
    #expect(throws: TensorError.self) { try plan.selectedRow(b) }
    #expect(throws: TensorError.self) { try plan.attention(x, heads: 2, scale: 1) }
    #expect(throws: TensorError.self) { try plan.linear(x, weight: Parameter("w", shape: [4, 9]), bias: nil) }
    #expect(throws: TensorError.self) { try plan.differentiated() }
  }
}
