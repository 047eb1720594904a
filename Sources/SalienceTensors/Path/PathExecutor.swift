/// Runs one program on one stream of kernels: end points, evaluations along the paths, and their sums.
///
/// Confined to the thread that owns `kernels`.
public final class PathExecutor {
  let program: PathProgram
  let kernels: any Kernels
  /// nil where kernels are not timed.
  private let profile: ProfileCollector?
  let capacity: MemoryPlan.Capacity
  let prefix: PlanRun
  let forward: PlanRun
  private let gradientRun: GradientRun?
  /// F(x') [C] of baselines met so far: texts of one length often share theirs.
  var knownBaselines: [PathEnd: [Float]] = [:]
  /// Most baselines that are remembered, with a few hundred bytes of ids each, and of outputs 4 MiB in all.
  var baselineLimit: Int { min(1024, (1 << 20) / program.outputCount) }

  /// - Parameter tokenCapacity: most tokens (T) of one evaluation batch; at least the longest sequence.
  public convenience init(_ program: PathProgram, tokenCapacity: Int, on kernels: any Kernels) throws {
    try self.init(program, tokenCapacity: tokenCapacity, on: kernels, profile: nil)
  }

  /// - Parameter profile: takes the time of every kernel, where calls return when the work is done.
  package init(
    _ program: PathProgram, tokenCapacity: Int, on kernels: any Kernels, profile: ProfileCollector?
  ) throws {
    self.program = program
    self.kernels = kernels
    self.profile = profile
    capacity = Self.capacity(tokens: tokenCapacity, of: program)
    // The three run in turn, and what one leaves for another is stored outside.
    let arena = try Arena(count: Self.elementCount(program, tokenCapacity: tokenCapacity), on: kernels)
    prefix = try PlanRun(program.prefix, capacity: capacity, in: arena, on: kernels, profile: profile)
    forward = try PlanRun(program.forward, capacity: capacity, in: arena, on: kernels, profile: profile)
    gradientRun = try program.gradient.map { [capacity] in
      try GradientRun($0, capacity: capacity, in: arena, on: kernels, profile: profile)
    }
  }

  /// The program's gradient.
  ///
  /// - Throws: `TensorError` with code `notDifferentiable` where the program only predicts.
  var gradient: GradientRun {
    get throws {
      guard let gradientRun else {
        throw TensorError(.notDifferentiable, "the program was made for predictions alone and has no gradient")
      }
      return gradientRun
    }
  }

  /// Room for as many points as are evaluated together, of `tokens` tokens each.
  ///
  /// Sequences are bounded too, so that values with one row per sequence stay small.
  static func capacity(tokens: Int, of program: PathProgram) -> MemoryPlan.Capacity {
    let points = program.gradient?.pointsTogether ?? 1
    return MemoryPlan.Capacity(tokens: points * tokens, sequences: points * max(8, tokens / 4))
  }

  /// Elements of memory that one stream needs beside the weights, without the end points of its requests.
  public static func elementCount(_ program: PathProgram, tokenCapacity: Int) -> Int {
    let capacity = capacity(tokens: tokenCapacity, of: program)
    let gradient = program.gradient?.differentiated
    return max(
      MemoryPlan(program.prefix, capacity: capacity).count, MemoryPlan(program.forward, capacity: capacity).count,
      gradient.map { MemoryPlan($0.plan, capacity: capacity, keptBefore: $0.backwardStart).count } ?? 0)
  }

  /// Elements of the largest value of a program's gradient.
  public static func largestValue(_ program: PathProgram, tokenCapacity: Int) -> Int {
    let capacity = capacity(tokens: tokenCapacity, of: program)
    return program.gradient?.plan.shapes.map { capacity.rows($0.rows) * $0.width }.max() ?? 0
  }

  /// Runs a call of kernels that no plan makes.
  func run<Call: KernelCall>(_ call: Call) throws -> Call.Answer { try call.run(on: kernels, profile: profile) }

  /// See `PreparedModel.attribute`.
  public func attribute(_ requests: [PathRequest]) throws -> [PathResponse] {
    let refined = requests.filter { $0.refinement != nil }
    if refined.isEmpty { return try sum(requests) }
    var answers = (refined: try refine(refined)[...], fixed: try sum(requests.filter { $0.refinement == nil })[...])
    return requests.compactMap { $0.refinement == nil ? answers.fixed.popFirst() : answers.refined.popFirst() }
  }

  /// Answers requests whose points are given.
  private func sum(_ requests: [PathRequest]) throws -> [PathResponse] {
    if requests.isEmpty { return [] }
    let gradient = try gradient
    guard gradient.gradient.isOfInput || requests.allSatisfy({ !$0.reduction.readsEnds }) else {
      throw TensorError(.shape, "gradients towards an inner value are not multiplied with a path's ends")
    }
    let paths = requests.flatMap(\.paths)
    let examples = Self.examples(of: requests)
    let input = try carriedEnds(paths.map(\.input))
    defer { input.forEach(kernels.release) }
    // Where every point lies at the input, so does the baseline.
    let isPath = paths.contains { $0.input != $0.baseline }
    let baseline = isPath ? try carriedEnds(paths.map(\.baseline)) : input
    defer { if isPath { baseline.forEach(kernels.release) } }
    let baselineOutputs = try baselineOutputs(of: requests, examples, at: baseline[0])
    let sampleOutputs = try sampleOutputs(of: requests, examples, at: input[0])
    let tokens = examples.last?.rows.upperBound ?? 0
    let targets = requests.map(\.cotangents.count).max() ?? 0
    var sums: [[Handle]] = []
    defer { sums.joined().forEach(kernels.release) }
    for _ in 0..<targets { sums.append(try clearedSums(of: gradient.edges.summed, rows: tokens)) }
    let places = places(of: paths, savings: gradient.gradient.savings)
    try evaluate(places, of: paths, input: input, baseline: baseline, into: sums)
    let scores = try sums.map { sum in
      let whole = try inputGradient(from: sum, of: paths.map(\.input.sequence))
      defer { if whole != sum[0] { kernels.release(whole) } }
      return try reduce(requests, examples, input: input[0], baseline: baseline[0], gradient: whole)
    }
    return requests.indices.map { index in
      let own = scores.prefix(requests[index].cotangents.count).map { $0[index] }
      return PathResponse(
        baselineOutputs: baselineOutputs[index], sampleOutputs: sampleOutputs[index], scores: own.map(\.sums),
        squares: own.map(\.squares), pointCount: requests[index].points.count)
    }
  }

  /// Where each request's paths lie in buffers of end points; a plain path is one sample.
  private static func examples(of requests: [PathRequest]) -> [SampleRows] {
    var row = 0
    return requests.map { request in
      let rows = SampleRows(
        row: row, tokenCount: request.input.sequence.count, sampleCount: max(1, request.samples.count),
        statistic: request.statistic, reduction: request.reduction)
      row = rows.rows.upperBound
      return rows
    }
  }

  /// Token sums of each request for one target's sums of gradients.
  private func reduce(
    _ requests: [PathRequest], _ examples: [SampleRows], input: Handle, baseline: Handle, gradient: Handle
  ) throws -> [PathScores] {
    let (tokens, width) = (examples.last?.rows.upperBound ?? 0, program.gradient?.width ?? program.width)
    let sampled = zip(requests, examples).filter { !$0.0.samples.isEmpty }.map(\.1)
    let statistics =
      sampled.isEmpty
      ? PathScores([])
      : try run(SampleReduction(sampled, input: input, baseline: baseline, gradient: gradient, width: width))
    var plain: [TokenReduction: PathScores] = [:]
    for request in requests where request.samples.isEmpty && plain[request.reduction] == nil {
      plain[request.reduction] = try run(
        Reduction(
          input: input, baseline: baseline, gradient: gradient, rows: tokens, width: width,
          reduction: request.reduction))
    }
    var start = 0
    return zip(requests, examples).map { request, example in
      if request.samples.isEmpty, let scores = plain[request.reduction] { return scores[example.rows] }
      defer { start += example.tokenCount }
      return statistics[start..<start + example.tokenCount]
    }
  }

  /// Forward once and backward once per target at every place, in order; points of a path that are evaluated together
  /// are in one batch.
  ///
  /// - Parameters:
  ///   - input, baseline: what paths carry, at their ends.
  ///   - sums: gradients are added to, buffers for each target: one for each value of `edges.summed`, or, for whole
  ///     gradients, one for the attribution layer's.
  ///   - whole: sum the attribution layer's gradient itself.
  ///   - outputs: takes F at every place [places x C].
  func evaluate(
    _ places: [PathPlace], of requests: [PathRequest], input: [Handle], baseline: [Handle], into sums: [[Handle]],
    whole: Bool = false, outputs: Handle? = nil
  ) throws {
    let gradient = try gradient
    let (plan, edges) = (gradient.differentiated, gradient.edges)
    let summed = whole ? [plan.inputGradient] : edges.summed
    let backward = plan.backwardStart..<(whole ? plan.plan.instructions.count : edges.tailStart)
    let lengths = places.map { requests[$0.request].input.sequence.count }
    let together = gradient.gradient.pointsTogether
    for range in try MicroBatches(lengths: lengths, capacity: capacity, together: together) {
      var (batch, path, sumPath) = (PackedBatch(), PathBatch(), PathBatch())
      for place in places[range] {
        batch.append(requests[place.request].input.sequence)
        path.append(exampleRow: place.row, alpha: place.alpha, weight: place.weight)
        sumPath.append(exampleRow: place.sumRow, alpha: place.alpha, weight: place.weight)
      }
      try kernels.begin(batch)
      for (index, value) in gradient.gradient.carried.enumerated() {
        try run(
          Interpolation(
            input: input[index], baseline: baseline[index], path: path, output: gradient.handle(value),
            width: plan.plan.shape(of: value).width))
      }
      try gradient.run(edges.headEnd..<plan.backwardStart)
      if let outputs {
        try run(
          Storing(
            gradient.handle(plan.plan.outputs[0]), zeroed: range.map { _ in false }, into: outputs,
            at: range.lowerBound, width: program.outputCount))
      }
      let targets = places[range].map { requests[$0.request].cotangents.count }.max() ?? 0
      for target in 0..<targets {
        let cotangents = places[range].flatMap { place in
          let own = requests[place.request].cotangents
          return target < own.count ? own[target] : Array(repeating: 0, count: program.outputCount)
        }
        try kernels.write(cotangents, to: gradient.handle(plan.cotangent), at: 0)
        try gradient.run(backward)
        for (value, sum) in zip(summed, sums[target]) {
          try run(
            Accumulation(
              gradient.handle(value), path: sumPath, into: sum, width: plan.plan.shape(of: value).width))
        }
      }
    }
  }
}
