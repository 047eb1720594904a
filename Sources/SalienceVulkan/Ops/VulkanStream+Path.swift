import SalienceTensors

extension VulkanStream: PathKernels {
  func interpolate(input: Handle, baseline: Handle, path: PathBatch, output: Handle) throws {
    let (rows, width, _) = try size(output)
    guard rows > 0 else { return }
    try recordRows(
      "interpolate",
      [
        range(input), range(baseline), range(output), tables.range(.offsets), tables.range(.sequences),
        upload(path.exampleRows.map { UInt32($0) }), upload(path.alphas.map { Float($0) }),
      ],
      rows: .count(rows), width: width,
      elements: 2 * path.exampleTokens(lengths: batch.lengths) * width + rows * width)
  }

  func accumulate(_ gradient: Handle, path: PathBatch, into sum: Handle) throws {
    let width = try size(gradient).width
    let (places, members) = summands(of: path)
    guard !places.isEmpty else { return }
    try recordRows(
      "accumulate", [range(gradient), range(sum), upload(places), upload(members)], rows: .count(places.count / 2),
      // The sums are read and written.
      width: width, elements: elements(gradient) + places.count * width)
  }

  /// Which token rows are added to which rows of the sum, as `accumulate.comp` reads it.
  private func summands(of path: PathBatch) -> (places: [UInt32], members: [UInt32]) {
    let lengths = batch.lengths
    var sequences: [Int: [Int]] = [:]
    for (sequence, row) in path.exampleRows.enumerated() where path.weights[sequence] != 0 {
      sequences[row, default: []].append(sequence)
    }
    var (places, members): ([UInt32], [UInt32]) = ([], [])
    for (row, own) in sequences.sorted(by: { $0.key < $1.key }) {
      let start = members.count
      members.append(UInt32(own.count))
      for sequence in own {
        members.append(UInt32(truncatingIfNeeded: batch.offsets[sequence] - row))
        members.append(Float(path.weights[sequence]).bitPattern)
      }
      // The sequences of one example have one length.
      for token in 0..<lengths[own[0]] { places += [UInt32(row + token), UInt32(start)] }
    }
    return (places, members)
  }

  func store(_ value: Handle, zeroed: [Bool], into buffer: Handle, at row: Int) throws {
    guard !zeroed.isEmpty else { return }
    try recordRows(
      "store", [range(value), range(buffer), upload(zeroed.map { $0 ? 1 : 0 } as [UInt32])], rows: .count(zeroed.count),
      width: size(value).width, more: [UInt32(row)], elements: 2 * zeroed.count * size(value).width)
  }

  func clear(_ buffer: Handle, rows: Int, width: Int) throws {
    try clear(range(buffer), count: rows * width)
  }

  func reduce(
    input: Handle, baseline: Handle, gradient: Handle, rows: Int, width: Int, reduction: TokenReduction
  ) throws -> PathScores {
    guard rows > 0 else { return PathScores(sums: [], squares: []) }
    let sums = try temporary(bytes: rows * 4 * MemoryLayout<Float>.stride)
    let rowsOfGroup = Self.groupSize / Self.lanes
    try record(
      Kernel("reduce", [UInt32(Self.groupSize), UInt32(Self.lanes), reduction.constant]),
      [range(input), range(baseline), range(gradient), sums], push: [UInt32(rows), UInt32(width)],
      groups: groups((rows + rowsOfGroup - 1) / rowsOfGroup),
      work: KernelWork(elements: reduction.operandCount * rows * width + 4 * rows))
    return try readScores(sums, rows: rows)
  }

  /// Reads four numbers per row: a sum and a sum of squares, each as two numbers whose sum it is.
  func readScores(_ sums: BufferRange, rows: Int) throws -> PathScores {
    let values = try readBack(sums, count: rows * 4).map(Double.init)
    func column(_ first: Int) -> [Double] {
      stride(from: first, to: values.count, by: 4).map { values[$0] + values[$0 + 1] }
    }
    return PathScores(sums: column(0), squares: column(2))
  }
}

extension TokenReduction {
  /// The specialisation constant `REDUCTION`.
  var constant: UInt32 {
    switch self {
    case .product: 0
    case .gradient: 1
    case .absolute: 2
    }
  }
}
