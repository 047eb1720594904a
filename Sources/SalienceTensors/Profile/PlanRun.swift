/// A plan's values laid out in an arena on a stream of kernels.
package final class PlanRun {
  package let plan: Plan
  private let kernels: any Kernels
  private let arena: Arena
  /// Which of the arena's plans this is.
  private let number: Int
  private let capacity: MemoryPlan.Capacity
  private let views: [Handle?]

  /// - Parameters:
  ///   - exposed: values that are read or written from outside, beside the plan's inputs and outputs.
  ///   - arena: shared with other plans, and large enough for each; one of the plan's own by default.
  package init(
    _ plan: Plan, capacity: MemoryPlan.Capacity, keptBefore: Int = 0, exposed: [ValueID] = [], in arena: Arena? = nil,
    on kernels: any Kernels
  ) throws {
    self.plan = plan
    self.kernels = kernels
    self.capacity = capacity
    let memory = MemoryPlan(plan, capacity: capacity, keptBefore: keptBefore)
    let arena = try arena ?? Arena(count: memory.count, on: kernels)
    self.arena = arena
    number = arena.addPlan()
    views = zip(memory.offsets, plan.shapes).map { offset, shape in
      offset.map { kernels.view(of: arena.handle, offset: $0, shape: shape) }
    }
    for value in plan.factors(exposed: exposed) {
      if let view = views[value.index] { kernels.keepForProducts(view) }
    }
  }

  deinit {
    for view in views { if let view { kernels.drop(view) } }
  }

  package func handle(_ value: ValueID) throws -> Handle {
    guard let handle = views[value.index] else { throw TensorError(.backend, "\(value) has no memory") }
    return handle
  }

  /// Runs the instructions of `range` on the current batch.
  package func run(_ range: Range<Int>? = nil) throws {
    let range = range ?? 0..<plan.instructions.count
    try kernels.replay(range, ofPlan: number, in: arena.handle, capacity: capacity) {
      for instruction in plan.instructions[range] {
        try instruction.operation.encode(
          inputs: instruction.inputs.map(handle), outputs: instruction.outputs.map { try $0.map(handle) }, on: kernels)
      }
    }
  }
}
