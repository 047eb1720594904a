/// The instructions at both edges of a differentiated plan that need not run at every point of a path.
///
/// Points lie on a line, so what is affine in the attribution layer's value is affine along the path: computed at the
/// two ends and blended, it equals what the products would give at each point. And what is linear in the gradients
/// gives the same whether it is applied to each of them or, once, to their weighted sum. Both hold for the query, key
/// and value projections that read the attribution layer, and both are exact but for rounding.
public struct PathEdges: Sendable {
  /// Instructions before this index are affine in the plan's input.
  public let headEnd: Int
  /// What they compute, one row per token each: taken from the ends of the path.
  public let blended: [ValueID]
  /// Instructions from this index on are linear in what they read.
  public let tailStart: Int
  /// What they read, one row per token each: gradients that are summed along the path in place of the input's own.
  public let summed: [ValueID]

  /// Every instruction runs at every point.
  init(none plan: DifferentiatedPlan) {
    headEnd = 0
    blended = []
    tailStart = plan.plan.instructions.count
    summed = [plan.inputGradient]
  }

  /// The longest head of projections of the input, and the longest tail of their gradients and sums of them.
  init(of plan: DifferentiatedPlan) {
    let instructions = plan.plan.instructions
    let head = instructions[..<plan.backwardStart].prefix { instruction in
      let operation = instruction.operation
      return operation.product?.rows == .tokens && operation.linearity != .none
        && instruction.inputs == [plan.plan.inputs[0]]
    }
    headEnd = head.count
    blended = head.flatMap(\.outputs).compactMap { $0 }
    var start = instructions.count
    let forward = Set(instructions[..<plan.backwardStart].flatMap(\.outputs).compactMap { $0 } + [plan.plan.inputs[0]])
    while start > plan.backwardStart, forward.isDisjoint(with: instructions[start - 1].inputs),
      Self.isLinear(instructions[start - 1], in: plan.plan)
    { start -= 1 }
    let tail = instructions[start...]
    let own = Set(tail.flatMap(\.outputs).compactMap { $0 })
    // Sums alone save nothing.
    guard tail.contains(where: { $0.operation.product != nil }) else {
      tailStart = instructions.count
      summed = [plan.inputGradient]
      return
    }
    var operands: [ValueID] = []
    for value in tail.flatMap(\.inputs) where !own.contains(value) && !operands.contains(value) {
      operands.append(value)
    }
    tailStart = start
    summed = operands
  }

  /// Whether an instruction is a product or a sum of token rows, linear in what it reads.
  private static func isLinear(_ instruction: Instruction, in plan: Plan) -> Bool {
    let operation = instruction.operation
    return operation.linearity == .linear && (operation.product != nil || operation.isElementwise)
      && instruction.inputs.allSatisfy { plan.shape(of: $0).rows == .tokens }
  }
}
