import SalienceTensors
import Testing

/// What lies outside plans, on every backend: tables, interpolation, and sums along the path.
@Suite struct PathKernelTests {
  /// Two points of one example, one of another, in an order that is not the buffer's.
  private struct Case {
    let width: Int
    let lengths = [5, 9, 5]
    let exampleRows = [9, 0, 9]
    var rows: Int { 14 }

    var batch: PackedBatch {
      PackedBatch(
        lengths.map { length in
          TokenSequence(
            wordIDs: (0..<length).map { Int32($0 * 37 % 200) }, positionIDs: (0..<length).map { Int32($0) },
            typeIDs: (0..<length).map { Int32($0 % 2) })
        })
    }

    var path: PathBatch {
      var path = PathBatch()
      for (row, (alpha, weight)) in zip(exampleRows, [(0.3, 0.25), (1.0, 0.5), (0.9, 0.125)]) {
        path.append(exampleRow: row, alpha: alpha, weight: weight)
      }
      return path
    }
  }

  private static let widths = [8, 13, 768]

  private func stream(_ backend: TestBackend, _ plan: Plan = Plan()) throws -> any Kernels {
    try backend.stream(plan, RandomParameters(plan))
  }

  private func buffer(_ values: [Float], on kernels: any Kernels) throws -> Handle {
    let handle = try kernels.allocate(count: values.count)
    try kernels.write(values, to: handle, at: 0)
    return handle
  }

  private func value(_ count: Int, width: Int, on kernels: any Kernels) throws -> Handle {
    let memory = try kernels.allocate(count: MemoryPlan.Capacity.rounded(count) * width)
    return kernels.view(of: memory, offset: 0, shape: ValueShape(.tokens, width))
  }

  private func expectNear(_ a: [Float], _ b: [Float], _ comment: Comment) {
    #expect(a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) }, comment)
  }

  @Test(arguments: TestBackend.all) func sumsTableRows(backend: TestBackend) throws {
    for width in Self.widths {
      for count in 1...4 {
        let terms = [
          EmbeddingTerm(Parameter("types", shape: [2, width]), .typeIDs),
          EmbeddingTerm(Parameter("words", shape: [200, width]), .wordIDs),
          EmbeddingTerm(Parameter("positions", shape: [9, width]), .positionIDs),
          EmbeddingTerm(Parameter("more", shape: [300, width]), .wordIDs),
        ].prefix(count)
        var plan = Plan()
        plan.result(try plan.embedding(Array(terms)))
        let batch = Case(width: width).batch
        let sums = try [TestBackend.all[0], backend].map { backend in
          let kernels = try stream(backend, plan)
          try kernels.begin(batch)
          let output = try value(batch.tokenCount, width: width, on: kernels)
          try kernels.embedding(Array(terms), output: output)
          return try kernels.read(output, count: batch.tokenCount * width)
        }
        expectNear(sums[1], sums[0], "\(count) tables of \(width)")
      }
    }
  }

  @Test(arguments: TestBackend.all) func refusesIndicesOutsideTheTable(backend: TestBackend) throws {
    guard backend.device.name != "reference" else { return }
    let term = EmbeddingTerm(Parameter("words", shape: [148, 8]), .wordIDs)
    var plan = Plan()
    plan.result(try plan.embedding(term))
    let kernels = try stream(backend, plan)
    let batch = Case(width: 8).batch
    try kernels.begin(batch)
    let output = try value(batch.tokenCount, width: 8, on: kernels)
    #expect(throws: TensorError.self) { try kernels.embedding([term], output: output) }
  }

  @Test(arguments: TestBackend.all) func walksThePath(backend: TestBackend) throws {
    for width in Self.widths {
      let path = Case(width: width)
      let count = path.batch.tokenCount * width
      var random = Randomness(seed: 4)
      let (input, baseline) = (random.values(path.rows * width), random.values(path.rows * width))
      let (gradient, start) = (random.values(count), random.values(path.rows * width))
      let results = try [TestBackend.all[0], backend].map { backend in
        let kernels = try stream(backend)
        let (x, b) = (try buffer(input, on: kernels), try buffer(baseline, on: kernels))
        let sum = try buffer(start, on: kernels)
        try kernels.begin(path.batch)
        let point = try value(path.batch.tokenCount, width: width, on: kernels)
        try kernels.interpolate(input: x, baseline: b, path: path.path, output: point)
        let dy = try value(path.batch.tokenCount, width: width, on: kernels)
        try kernels.write(gradient, to: dy, at: 0)
        try kernels.accumulate(dy, path: path.path, into: sum)
        let scores = try kernels.reduce(
          input: x, baseline: b, gradient: sum, rows: path.rows, width: width, reduction: .product)
        let read = try (kernels.read(point, count: count), kernels.read(sum, count: path.rows * width))
        try kernels.clear(sum, rows: path.rows - 1, width: width)
        return (point: read.0, sum: read.1, scores: scores, cleared: try kernels.read(sum, count: path.rows * width))
      }
      expectNear(results[1].point, results[0].point, "points of width \(width)")
      // α = 1 gives the input itself, bit for bit.
      #expect(results[1].point[5 * width..<14 * width] == input[..<(9 * width)])
      expectNear(results[1].sum, results[0].sum, "sums of width \(width)")
      let cleared = results[1].cleared
      #expect(cleared.dropLast(width).allSatisfy { $0 == 0 } && cleared.suffix(width) == results[1].sum.suffix(width))
      for (own, other) in zip(results[1].scores.sums, results[0].scores.sums) { #expect(abs(own - other) < 2e-5) }
      for (own, other) in zip(results[1].scores.squares, results[0].scores.squares) {
        #expect(abs(own - other) <= 1e-6 * other)
      }
    }
  }

  /// An overflow at a point that a rule leaves out must not reach the sum.
  @Test(arguments: TestBackend.all) func aGradientOfWeightZeroIsNotRead(backend: TestBackend) throws {
    for width in Self.widths {
      let item = Case(width: width)
      var path = PathBatch()
      for (row, weight) in zip(item.exampleRows, [0, 0, 0.125]) {
        path.append(exampleRow: row, alpha: 1, weight: weight)
      }
      let last = 5 * width
      let gradient = Array(repeating: Float.nan, count: 14 * width) + Array(repeating: Float(2), count: last)
      let kernels = try stream(backend)
      let sum = try buffer(Array(repeating: 1, count: item.rows * width), on: kernels)
      try kernels.begin(item.batch)
      let dy = try value(item.batch.tokenCount, width: width, on: kernels)
      try kernels.write(gradient, to: dy, at: 0)
      try kernels.accumulate(dy, path: path, into: sum)
      let found = try kernels.read(sum, count: item.rows * width)
      #expect(found == Array(repeating: 1, count: 9 * width) + Array(repeating: 1.25, count: last))
    }
  }

  /// Sums over the hidden dimension lose nothing to float32, beside what their operands already have.
  @Test(arguments: TestBackend.all) func reducesInTwicePrecision(backend: TestBackend) throws {
    let (rows, width) = (7, 768)
    var random = Randomness(seed: 5)
    let operands = (0..<3).map { _ in random.values(rows * width) }
    for reduction in TokenReduction.allCases {
      let scores = try [TestBackend.all[0], backend].map { backend in
        let kernels = try stream(backend)
        let handles = try operands.map { try buffer($0, on: kernels) }
        return try kernels.reduce(
          input: handles[0], baseline: handles[1], gradient: handles[2], rows: rows, width: width, reduction: reduction)
      }
      for (own, other) in zip(scores[1].sums + scores[1].squares, scores[0].sums + scores[0].squares) {
        #expect(abs(own - other) <= 1e-11 * Double(width), "\(reduction)")
      }
    }
  }

  /// What each reduction sums, written out; without the ends nothing but the gradient is read.
  @Test(arguments: TestBackend.all) func sumsWhatTheReductionNames(backend: TestBackend) throws {
    for (rows, width) in [(1, 1), (3, 13), (5, 16), (2, 48), (130, 20)] {
      var random = Randomness(seed: 8)
      let operands = (0..<3).map { _ in random.values(rows * width) }
      let kernels = try stream(backend)
      let handles = try operands.map { try buffer($0, on: kernels) }
      let empty = try buffer([.nan], on: kernels)
      for reduction in TokenReduction.allCases {
        let ends = reduction.readsEnds ? (handles[0], handles[1]) : (empty, empty)
        let scores = try kernels.reduce(
          input: ends.0, baseline: ends.1, gradient: handles[2], rows: rows, width: width, reduction: reduction)
        let elements = (0..<rows * width).map { index in
          let slope = Double(operands[2][index])
          switch reduction {
          case .product: return (Double(operands[0][index]) - Double(operands[1][index])) * slope
          case .gradient: return slope
          case .absolute: return slope < 0 ? -slope : slope
          }
        }
        for row in 0..<rows {
          let own = elements[row * width..<(row + 1) * width]
          #expect(abs(scores.sums[row] - own.reduce(0, +)) <= 1e-11 * Double(width), "\(reduction), row \(row)")
          let squares = own.reduce(0) { $0 + $1 * $1 }
          #expect(abs(scores.squares[row] - squares) <= 1e-11 * Double(width), "\(reduction), row \(row)")
        }
      }
      #expect(backend.complaints() ?? [] == [])
    }
  }

  /// Sums do not depend on how evaluations were batched.
  @Test(arguments: TestBackend.all) func accumulatesInOrder(backend: TestBackend) throws {
    let width = 48
    var random = Randomness(seed: 6)
    let gradients = (0..<3).map { _ in random.values(4 * width) }
    let weights = [0.1, 0.7, 0.3]
    func sum(_ batches: [Range<Int>]) throws -> [Float] {
      let kernels = try stream(backend)
      let sum = try buffer([Float](repeating: 0, count: 4 * width), on: kernels)
      for range in batches {
        var path = PathBatch()
        for index in range { path.append(exampleRow: 0, alpha: 0.5, weight: weights[index]) }
        let ids = [Int32](repeating: 0, count: 4)
        try kernels.begin(PackedBatch(range.map { _ in TokenSequence(wordIDs: ids, positionIDs: ids, typeIDs: ids) }))
        let dy = try value(4 * range.count, width: width, on: kernels)
        try kernels.write(gradients[range].flatMap { $0 }, to: dy, at: 0)
        try kernels.accumulate(dy, path: path, into: sum)
      }
      return try kernels.read(sum, count: 4 * width)
    }
    #expect(try sum([0..<3]) == sum([0..<1, 1..<3]))
  }

  @Test(arguments: TestBackend.all) func storesWithZeros(backend: TestBackend) throws {
    for width in Self.widths {
      let kernels = try stream(backend)
      let batch = Case(width: width).batch
      var random = Randomness(seed: 7)
      let values = random.values(batch.tokenCount * width)
      let zeroed = (0..<batch.tokenCount).map { $0 % 3 == 1 }
      let target = try buffer([Float](repeating: 9, count: (batch.tokenCount + 3) * width), on: kernels)
      try kernels.begin(batch)
      let source = try value(batch.tokenCount, width: width, on: kernels)
      try kernels.write(values, to: source, at: 0)
      try kernels.store(source, zeroed: zeroed, into: target, at: 2)
      let nine = [Float](repeating: 9, count: width)
      let rows = zeroed.indices.flatMap { row in
        zeroed[row] ? [Float](repeating: 0, count: width) : Array(values[row * width..<(row + 1) * width])
      }
      #expect(try kernels.read(target, count: (batch.tokenCount + 3) * width) == nine + nine + rows + nine)
    }
  }
}
