/// A plan's values laid out in an arena on a stream of kernels.
package final class PlanRun {
  package let plan: Plan
  private let kernels: any Kernels
  private let arena: Arena
  /// Which of the arena's plans this is.
  private let number: Int
  private let capacity: MemoryPlan.Capacity
  private let views: [Handle?]
  /// nil where ops are not timed.
  private let profile: ProfileCollector?

  /// - Parameters:
  ///   - exposed: values that are read or written from outside, beside the plan's inputs and outputs.
  ///   - arena: shared with other plans, and large enough for each; one of the plan's own by default.
  ///   - profile: takes the time of every op, on kernels whose calls return when the work is done.
  package init(
    _ plan: Plan, capacity: MemoryPlan.Capacity, keptBefore: Int = 0, exposed: [ValueID] = [], in arena: Arena? = nil,
    on kernels: any Kernels, profile: ProfileCollector? = nil
  ) throws {
    self.plan = plan
    self.kernels = kernels
    self.capacity = capacity
    self.profile = profile
    let memory = MemoryPlan(plan, capacity: capacity, keptBefore: keptBefore)
    let arena = try arena ?? Arena(count: memory.count, on: kernels)
    self.arena = arena
    number = arena.addPlan()
    views = zip(memory.offsets, plan.shapes).map { offset, shape in
      offset.map { kernels.view(of: arena.handle, offset: $0, shape: shape) }
    }
    // Parts of an op hand float32 to each other.
    for value in profile == nil ? plan.factors(exposed: exposed) : [] {
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
    if let profile {
      let sizes = BatchSizes(kernels.batch)
      for instruction in plan.instructions[range] { try run(instruction, sizes, timedBy: profile) }
      return
    }
    try kernels.replay(range, ofPlan: number, in: arena.handle, capacity: capacity) {
      for instruction in plan.instructions[range] {
        try instruction.operation.encode(
          inputs: instruction.inputs.map(handle), outputs: instruction.outputs.map { try $0.map(handle) }, on: kernels)
      }
    }
  }

  private func run(_ instruction: Instruction, _ sizes: BatchSizes, timedBy profile: ProfileCollector) throws {
    for part in instruction.operation.parts(inputs: instruction.inputs, outputs: instruction.outputs) {
      let inputs = try part.inputs.map(handle)
      let outputs = try part.outputs.map { try $0.map(handle) }
      let work = part.operation.work(
        sizes, inputs: part.inputs.map(plan.shape(of:)), outputs: part.outputs.map { $0.map(plan.shape(of:)) })
      try profile.measure(part.operation.name, work) {
        try part.operation.encode(inputs: inputs, outputs: outputs, on: kernels)
      }
    }
  }
}
