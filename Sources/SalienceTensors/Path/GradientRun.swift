/// A program's gradient, laid out on a stream of kernels.
struct GradientRun {
  let gradient: PathGradient
  private let run: PlanRun

  init(
    _ gradient: PathGradient, capacity: MemoryPlan.Capacity, in arena: Arena, on kernels: any Kernels,
    profile: ProfileCollector?
  ) throws {
    self.gradient = gradient
    run = try PlanRun(
      gradient.plan, capacity: capacity, keptBefore: gradient.differentiated.backwardStart,
      exposed: gradient.edges.blended + gradient.edges.summed, in: arena, on: kernels, profile: profile)
  }

  var differentiated: DifferentiatedPlan { gradient.differentiated }
  var plan: Plan { gradient.plan }
  var edges: PathEdges { gradient.edges }

  func handle(_ value: ValueID) throws -> Handle { try run.handle(value) }

  /// Runs instructions of the plan on the current batch.
  func run(_ range: Range<Int>) throws { try run.run(range) }
}
