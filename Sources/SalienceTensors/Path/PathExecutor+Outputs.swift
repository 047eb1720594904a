/// What the forward plan gives: at any ends, and at those of paths.
extension PathExecutor {
  /// F at each point, forward only.
  public func outputs(of points: [PathEnd]) throws -> [[Float]] {
    try values(program.forward.outputs.prefix(1), of: points).flatMap { $0 }
  }

  /// Tokens of points that are stored together: copies of a text without some of its tokens can be thousands.
  static let storedTokens = 8192

  /// Results of the forward plan at each point.
  func values(_ results: ArraySlice<ValueID>, of points: [PathEnd]) throws -> [[[Float]]] {
    var answers: [[[Float]]] = []
    var (start, tokens) = (0, 0)
    func answer(to end: Int) throws {
      let buffer = try storeEnds(Array(points[start..<end]))
      defer { kernels.release(buffer) }
      var row = 0
      answers += try values(
        results, at: buffer,
        of: points[start..<end].map { point in
          defer { row += point.sequence.count }
          return (point.sequence, row)
        })
      (start, tokens) = (end, 0)
    }
    for range in try MicroBatches(lengths: points.map(\.sequence.count), capacity: capacity) {
      if tokens >= Self.storedTokens { try answer(to: range.lowerBound) }
      tokens += points[range].reduce(0) { $0 + $1.sequence.count }
    }
    if start < points.count { try answer(to: points.count) }
    return answers
  }

  /// F at stored ends, each given by its sequence and first row.
  private func outputs(at buffer: Handle, of ends: [(sequence: TokenSequence, row: Int)]) throws -> [[Float]] {
    try values(program.forward.outputs.prefix(1), at: buffer, of: ends).flatMap { $0 }
  }

  /// Results of the forward plan at stored ends, each given by its sequence and first row.
  private func values(
    _ results: ArraySlice<ValueID>, at buffer: Handle, of ends: [(sequence: TokenSequence, row: Int)]
  ) throws -> [[[Float]]] {
    var answers = [[[Float]]](repeating: [], count: ends.count)
    for range in try MicroBatches(lengths: ends.map(\.sequence.count), capacity: capacity) {
      var path = PathBatch()
      for end in ends[range] { path.append(exampleRow: end.row, alpha: 1, weight: 1) }
      try kernels.begin(PackedBatch(ends[range].map(\.sequence)))
      try run(
        Interpolation(
          input: buffer, baseline: buffer, path: path, output: forward.handle(program.forward.inputs[0]),
          width: program.width))
      try forward.run()
      for result in results {
        let shape = program.forward.shape(of: result)
        let counts = ends[range].map { (shape.rows == .tokens ? $0.sequence.count : 1) * shape.width }
        var values = try kernels.read(forward.handle(result), count: counts.reduce(0, +))[...]
        for (end, count) in zip(range, counts) {
          answers[end].append(Array(values.prefix(count)))
          values = values.dropFirst(count)
        }
      }
    }
    return answers
  }

  /// F at the baseline of each request that asks for it, evaluated once for all that share it.
  func baselineOutputs(
    of requests: [PathRequest], _ examples: [SampleRows], at buffer: Handle
  ) throws -> [[Float]] {
    let shares = try gradient.gradient.savings.contains(.sharedBaselines)
    if knownBaselines.count > baselineLimit { knownBaselines = [:] }
    var missing: [(end: PathEnd, row: Int)] = []
    var places: [PathEnd: Int] = [:]
    let wanted: [Int?] = zip(requests, examples).map { request, example in
      guard request.readsBaselineOutputs, knownBaselines[request.baseline] == nil else { return nil }
      if shares, let known = places[request.baseline] { return known }
      places[request.baseline] = missing.count
      missing.append((request.baseline, example.row))
      return missing.count - 1
    }
    let values = try outputs(at: buffer, of: missing.map { ($0.end.sequence, $0.row) })
    defer { if shares { for (item, value) in zip(missing, values) { knownBaselines[item.end] = value } } }
    return zip(requests, wanted).map { request, place in
      place.map { values[$0] } ?? (request.readsBaselineOutputs ? knownBaselines[request.baseline] ?? [] : [])
    }
  }

  /// F at each request's noisy inputs; none where a request has no samples.
  func sampleOutputs(
    of requests: [PathRequest], _ examples: [SampleRows], at input: Handle
  ) throws -> [[[Float]]] {
    var ends: [(TokenSequence, Int)] = []
    for (request, example) in zip(requests, examples) where request.readsSampleOutputs {
      for sample in request.samples.indices {
        ends.append((request.input.sequence, example.row + sample * example.tokenCount))
      }
    }
    var values = try outputs(at: input, of: ends)[...]
    return requests.map { request in
      let count = request.readsSampleOutputs ? request.samples.count : 0
      defer { values = values.dropFirst(count) }
      return Array(values.prefix(count))
    }
  }
}
