/// A plan's values laid out in one arena on a stream of kernels.
package final class PlanRun {
  package let plan: Plan
  private let kernels: any Kernels
  private let arena: Handle
  private let capacity: MemoryPlan.Capacity
  private let views: [Handle?]

  /// - Parameter exposed: values that are read or written from outside, beside the plan's inputs and outputs.
  package init(
    _ plan: Plan, capacity: MemoryPlan.Capacity, keptBefore: Int = 0, exposed: [ValueID] = [], on kernels: any Kernels
  ) throws {
    self.plan = plan
    self.kernels = kernels
    self.capacity = capacity
    let memory = MemoryPlan(plan, capacity: capacity, keptBefore: keptBefore)
    let arena = try kernels.allocate(count: memory.count)
    self.arena = arena
    views = zip(memory.offsets, plan.shapes).map { offset, shape in
      offset.map { kernels.view(of: arena, offset: $0, shape: shape) }
    }
    for value in plan.factors(exposed: exposed) {
      if let view = views[value.index] { kernels.keepForProducts(view) }
    }
  }

  deinit {
    for view in views { if let view { kernels.drop(view) } }
    kernels.release(arena)
  }

  package func handle(_ value: ValueID) throws -> Handle {
    guard let handle = views[value.index] else { throw TensorError(.backend, "\(value) has no memory") }
    return handle
  }

  /// Runs the instructions of `range` on the current batch.
  package func run(_ range: Range<Int>? = nil) throws {
    let range = range ?? 0..<plan.instructions.count
    try kernels.replay(range, of: arena, capacity: capacity) {
      for instruction in plan.instructions[range] {
        try instruction.operation.encode(
          inputs: instruction.inputs.map(handle), outputs: instruction.outputs.map { try $0.map(handle) }, on: kernels)
      }
    }
  }
}
