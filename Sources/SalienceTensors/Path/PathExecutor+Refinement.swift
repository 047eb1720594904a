/// Paths whose points are chosen while they are evaluated: rounds over all requests that are not finished.
extension PathExecutor {
  /// End points of the requests that a number of rounds evaluate.
  private final class Layout {
    /// Indices of the requests.
    let members: [Int]
    /// Runs of members that fit one batch; the first row of each is a multiple of what a view's offset must be.
    let groups: [Range<Int>]
    /// First token row of each member.
    let rows: [Int]
    /// Rows in all, and from one point's gradients to the next's.
    let rowCount: Int
    /// What paths carry, the attribution layer's value first.
    let input, baseline: [Handle]

    init(members: [Int], groups: [Range<Int>], rows: [Int], rowCount: Int, input: [Handle], baseline: [Handle]) {
      self.members = members
      self.groups = groups
      self.rows = rows
      self.rowCount = rowCount
      self.input = input
      self.baseline = baseline
    }
  }

  /// The gradients of one round: `slots` times the layout's rows for each target.
  ///
  /// They are the attribution layer's own, a third or less of what its projections' would take: a path's weights are
  /// known only when it is finished, so every evaluation's gradient is kept.
  private struct Round {
    let layout: Layout
    let slots: Int
    let gradients: [Handle]
  }

  /// Answers requests with a refinement.
  func refine(_ requests: [PathRequest]) throws -> [PathResponse] {
    var paths = requests.compactMap { request in
      request.refinement.map { RefinedPath($0, cotangents: request.cotangents) }
    }
    var (layouts, rounds) = ([Layout](), [Round]())
    defer {
      for round in rounds { round.gradients.forEach(kernels.release) }
      for layout in layouts { (layout.input + layout.baseline).forEach(kernels.release) }
    }
    while case let active = paths.indices.filter({ !paths[$0].points.isEmpty }), !active.isEmpty {
      let tokens = active.reduce(0) { $0 + requests[$1].input.sequence.count }
      // What is finished leaves when it is half of what is held, so that end points are computed twice at most.
      if layouts.last.map({ 2 * tokens <= $0.rowCount && active.count < $0.members.count }) ?? true {
        layouts.append(try layout(active, of: requests))
      }
      guard let layout = layouts.last else { break }
      let slots = active.map { paths[$0].points.count }.max() ?? 0
      let round = try allocate(layout, slots: slots, targets: active.map { requests[$0].cotangents.count }.max() ?? 0)
      rounds.append(round)
      try evaluate(round, number: rounds.count - 1, active, of: requests, &paths)
      for index in active { paths[index].finishRound() }
    }
    guard let whole = layouts.first else { return [] }
    let squares = try squares(of: requests, paths, rounds, whole)
    return zip(paths, squares).enumerated().map { index, item in
      let (path, squares) = item
      return PathResponse(
        baselineOutputs: path.baselineOutputs,
        scores: requests[index].cotangents.indices.map(path.scores), squares: squares,
        pointCount: path.evaluations.count, points: path.chosenPoints, converged: path.converged)
    }
  }

  /// Rows that a view's offset is a whole number of, whatever the width.
  private static var rowAlignment: Int { MemoryPlan.alignment }

  private static func aligned(_ row: Int) -> Int { (row + rowAlignment - 1) / rowAlignment * rowAlignment }

  private func layout(_ members: [Int], of requests: [PathRequest]) throws -> Layout {
    let lengths = members.map { requests[$0].input.sequence.count }
    let groups = Array(try MicroBatches(lengths: lengths, capacity: capacity))
    var rows: [Int] = []
    var row = 0
    for group in groups {
      row = Self.aligned(row)
      for index in group {
        rows.append(row)
        row += lengths[index]
      }
    }
    let rowCount = Self.aligned(max(1, row))
    let input = try carriedEnds(members.map { requests[$0].input }, rows: rows, rowCount: rowCount)
    do {
      let baseline = try carriedEnds(members.map { requests[$0].baseline }, rows: rows, rowCount: rowCount)
      return Layout(
        members: members, groups: groups, rows: rows, rowCount: rowCount, input: input, baseline: baseline)
    } catch {
      input.forEach(kernels.release)
      throw error
    }
  }

  private func allocate(_ layout: Layout, slots: Int, targets: Int) throws -> Round {
    var gradients: [Handle] = []
    do {
      for _ in 0..<targets {
        gradients.append(try kernels.allocate(count: slots * layout.rowCount * program.width))
        try run(Clearing(gradients[gradients.count - 1], rows: slots * layout.rowCount, width: program.width))
      }
    } catch {
      gradients.forEach(kernels.release)
      throw error
    }
    return Round(layout: layout, slots: slots, gradients: gradients)
  }

  /// Evaluates every active path's points and hands each path its answers.
  private func evaluate(
    _ round: Round, number: Int, _ active: [Int], of requests: [PathRequest], _ paths: inout [RefinedPath]
  ) throws {
    let layout = round.layout
    let rowOfRequest = Dictionary(uniqueKeysWithValues: zip(layout.members, layout.rows))
    let points = active.flatMap { index in
      paths[index].points.enumerated().map { slot, alpha in
        PathPlace(
          request: index, alpha: alpha, weight: 1, row: rowOfRequest[index] ?? 0,
          sumRow: slot * layout.rowCount + (rowOfRequest[index] ?? 0))
      }
    }
    let width = program.outputCount
    let outputs = try kernels.allocate(count: points.count * width)
    defer { kernels.release(outputs) }
    try evaluate(
      points, of: requests, input: layout.input, baseline: layout.baseline, into: round.gradients.map { [$0] },
      whole: true, outputs: outputs)
    let values = try kernels.read(outputs, count: points.count * width)
    // A view has as many rows as the current batch: one sequence of them all.
    let zeros = Array(repeating: Int32(0), count: layout.rowCount)
    try kernels.begin(PackedBatch([TokenSequence(wordIDs: zeros, positionIDs: zeros, typeIDs: zeros)]))
    // One sum per token row of each slot, for each target.
    let sums = try round.gradients.map { gradient in
      try (0..<round.slots).map { slot in
        let view = kernels.view(
          of: gradient, offset: slot * layout.rowCount * program.width,
          shape: ValueShape(.tokens, program.width))
        defer { kernels.drop(view) }
        return try run(
          Reduction(
            input: layout.input[0], baseline: layout.baseline[0], gradient: view, rows: layout.rowCount,
            width: program.width)
        ).sums
      }
    }
    var next = 0
    for index in active {
      let row = rowOfRequest[index] ?? 0
      let rows = row..<row + requests[index].input.sequence.count
      for slot in paths[index].points.indices {
        let scores = requests[index].cotangents.indices.map { Array(sums[$0][slot][rows]) }
        paths[index].add(
          round: number, slot: slot, outputs: Array(values[next * width..<(next + 1) * width]), scores: scores)
        next += 1
      }
    }
  }

  /// Squares of the attributions from weighted sums of gradients, token by token: one array per target of each request.
  private func squares(
    of requests: [PathRequest], _ paths: [RefinedPath], _ rounds: [Round], _ whole: Layout
  ) throws -> [[[Double]]] {
    let targets = requests.map(\.cotangents.count).max() ?? 0
    var result: [[[Double]]] = requests.map { _ in [] }
    for target in 0..<targets {
      let sum = try kernels.allocate(count: whole.rowCount * program.width)
      defer { kernels.release(sum) }
      try run(Clearing(sum, rows: whole.rowCount, width: program.width))
      for (number, round) in rounds.enumerated() where target < round.gradients.count {
        for slot in 0..<round.slots {
          try add(round, number: number, slot: slot, target: target, of: requests, paths, whole, into: sum)
        }
      }
      let squares = try run(
        Reduction(
          input: whole.input[0], baseline: whole.baseline[0], gradient: sum, rows: whole.rowCount,
          width: program.width)
      ).squares
      for (index, request) in requests.enumerated() where target < request.cotangents.count {
        let row = whole.rows[index]
        result[index].append(Array(squares[row..<row + request.input.sequence.count]))
      }
    }
    return result
  }

  /// Adds one slot's gradients, each with its weight.
  private func add(
    _ round: Round, number: Int, slot: Int, target: Int, of requests: [PathRequest], _ paths: [RefinedPath],
    _ whole: Layout, into sum: Handle
  ) throws {
    let layout = round.layout
    for group in layout.groups {
      var (batch, path, isNeeded) = (PackedBatch(), PathBatch(), false)
      for member in group {
        let index = layout.members[member]
        let place = paths[index].places.firstIndex { $0.round == number && $0.slot == slot }
        let weight = place.map { paths[index].weights[$0] } ?? 0
        batch.append(requests[index].input.sequence)
        path.append(exampleRow: whole.rows[index], alpha: 1, weight: weight)
        isNeeded = isNeeded || weight != 0
      }
      guard isNeeded else { continue }
      try kernels.begin(batch)
      let view = kernels.view(
        of: round.gradients[target],
        offset: (slot * layout.rowCount + layout.rows[group.lowerBound]) * program.width,
        shape: ValueShape(.tokens, program.width))
      defer { kernels.drop(view) }
      try run(Accumulation(view, path: path, into: sum, width: program.width))
    }
  }
}
