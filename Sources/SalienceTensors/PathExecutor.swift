/// Runs one program on one stream of kernels: end points, evaluations along the paths, and their sums.
///
/// Confined to the thread that owns `kernels`.
public final class PathExecutor {
  private let program: PathProgram
  private let kernels: any Kernels
  private let capacity: MemoryPlan.Capacity
  private let prefix: PlanRun
  private let forward: PlanRun
  private let gradient: PlanRun

  /// - Parameter tokenCapacity: most tokens (T) of one evaluation batch; at least the longest sequence.
  public init(_ program: PathProgram, tokenCapacity: Int, on kernels: any Kernels) throws {
    self.program = program
    self.kernels = kernels
    capacity = Self.capacity(tokens: tokenCapacity)
    prefix = try PlanRun(program.prefix, capacity: capacity, on: kernels)
    forward = try PlanRun(program.forward, capacity: capacity, on: kernels)
    gradient = try PlanRun(
      program.gradient.plan, capacity: capacity, keptBefore: program.gradient.backwardStart, on: kernels)
  }

  /// Sequences are bounded too, so that values with a row a sequence stay small.
  static func capacity(tokens: Int) -> MemoryPlan.Capacity {
    MemoryPlan.Capacity(tokens: tokens, sequences: max(8, tokens / 4))
  }

  /// Elements of memory that one stream needs beside the weights, without the end points of its requests.
  public static func elementCount(_ program: PathProgram, tokenCapacity: Int) -> Int {
    let capacity = capacity(tokens: tokenCapacity)
    return MemoryPlan(program.prefix, capacity: capacity).count
      + MemoryPlan(program.forward, capacity: capacity).count
      + MemoryPlan(program.gradient.plan, capacity: capacity, keptBefore: program.gradient.backwardStart).count
  }

  /// F at each point, forward only.
  public func outputs(of points: [PathEnd]) throws -> [[Float]] {
    let buffer = try storeEnds(points)
    defer { kernels.release(buffer) }
    return try outputs(at: buffer, of: points)
  }

  /// See `PreparedModel.attribute`.
  public func attribute(_ requests: [PathRequest]) throws -> [PathResponse] {
    let input = try storeEnds(requests.map(\.input))
    defer { kernels.release(input) }
    let baseline = try storeEnds(requests.map(\.baseline))
    defer { kernels.release(baseline) }
    let baselineOutputs = try outputs(at: baseline, of: requests.map(\.baseline))
    let tokens = requests.reduce(0) { $0 + $1.input.sequence.count }
    let targets = requests.map(\.cotangents.count).max() ?? 0
    var sums: [Handle] = []
    defer { sums.forEach(kernels.release) }
    for _ in 0..<targets {
      let sum = try kernels.allocate(count: tokens * program.width)
      sums.append(sum)
      try kernels.clear(sum, rows: tokens, width: program.width)
    }
    try evaluate(requests, input: input, baseline: baseline, into: sums)
    let scores = try sums.map {
      try kernels.reduce(input: input, baseline: baseline, gradient: $0, rows: tokens, width: program.width)
    }
    var start = 0
    return zip(requests, baselineOutputs).map { request, outputs in
      let rows = start..<start + request.input.sequence.count
      start = rows.upperBound
      let own = scores.prefix(request.cotangents.count)
      return PathResponse(
        baselineOutputs: outputs, scores: own.map { Array($0.sums[rows]) },
        squaredNorms: own.map { $0.squares[rows].reduce(0, +) })
    }
  }

  /// Values of the attribution layer for each end, row after row, in a buffer that the caller releases.
  private func storeEnds(_ ends: [PathEnd]) throws -> Handle {
    let lengths = ends.map(\.sequence.count)
    let buffer = try kernels.allocate(count: max(1, lengths.reduce(0, +)) * program.width)
    var row = 0
    for range in try MicroBatches(lengths: lengths, capacity: capacity) {
      try kernels.begin(PackedBatch(ends[range].map(\.sequence)))
      try prefix.run()
      let zeroed = ends[range].flatMap(\.zeroed)
      try kernels.store(prefix.handle(program.prefix.outputs[0]), zeroed: zeroed, into: buffer, at: row)
      row += zeroed.count
    }
    return buffer
  }

  private func outputs(at buffer: Handle, of ends: [PathEnd]) throws -> [[Float]] {
    let lengths = ends.map(\.sequence.count)
    var result: [[Float]] = []
    var row = 0
    for range in try MicroBatches(lengths: lengths, capacity: capacity) {
      var path = PathBatch()
      for length in lengths[range] {
        path.append(exampleRow: row, alpha: 1, weight: 1)
        row += length
      }
      try kernels.begin(PackedBatch(ends[range].map(\.sequence)))
      try kernels.interpolate(
        input: buffer, baseline: buffer, path: path, output: forward.handle(program.forward.inputs[0]))
      try forward.run()
      let values = try kernels.read(forward.handle(program.forward.outputs[0]), count: range.count * program.outputCount)
      for index in 0..<range.count {
        result.append(Array(values[index * program.outputCount..<(index + 1) * program.outputCount]))
      }
    }
    return result
  }

  /// Forward once and backward once a target at every point of every request, in order.
  private func evaluate(_ requests: [PathRequest], input: Handle, baseline: Handle, into sums: [Handle]) throws {
    var evaluations: [(request: Int, point: Int, row: Int)] = []
    var row = 0
    for (index, request) in requests.enumerated() {
      for point in request.points.indices { evaluations.append((index, point, row)) }
      row += request.input.sequence.count
    }
    let plan = program.gradient
    let lengths = evaluations.map { requests[$0.request].input.sequence.count }
    for range in try MicroBatches(lengths: lengths, capacity: capacity) {
      var batch = PackedBatch()
      var path = PathBatch()
      for (request, point, row) in evaluations[range] {
        batch.append(requests[request].input.sequence)
        let place = requests[request].points[point]
        path.append(exampleRow: row, alpha: place.alpha, weight: place.weight)
      }
      try kernels.begin(batch)
      try kernels.interpolate(
        input: input, baseline: baseline, path: path, output: gradient.handle(plan.plan.inputs[0]))
      try gradient.run(0..<plan.backwardStart)
      let targets = evaluations[range].map { requests[$0.request].cotangents.count }.max() ?? 0
      for target in 0..<targets {
        let cotangents = evaluations[range].flatMap { evaluation in
          let own = requests[evaluation.request].cotangents
          return target < own.count ? own[target] : Array(repeating: 0, count: program.outputCount)
        }
        try kernels.write(cotangents, to: gradient.handle(plan.cotangent), at: 0)
        try gradient.run(plan.backwardStart..<plan.plan.instructions.count)
        try kernels.accumulate(gradient.handle(plan.inputGradient), path: path, into: sums[target])
      }
    }
  }
}
