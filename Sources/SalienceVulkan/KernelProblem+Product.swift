import SalienceTensors

extension KernelProblem {
  /// A product that fills no tile: a tile and a bit of rows and of columns, and a depth of some slices and a bit.
  init?(product kernel: Kernel) {
    guard kernel.constants.count == 8 else { return nil }
    let constants = kernel.constants.map(Int.init)
    let (size, vectorDepth, vectorColumns, epilogue) = (constants[1], constants[5], constants[6], constants[7])
    let (rows, depth) = (size + 5, vectorDepth == 1 ? 52 : 51)
    let columns = size + (vectorColumns == 1 ? 8 : 7)
    let isForward = kernel.stem == "linear"
    let x = Self.numbers(rows * depth, seed: 1)
    let weight = Self.numbers(columns * depth, seed: 2)
    let second = Self.numbers(isForward ? columns : rows * columns, seed: 3)
    let padded = MemoryPlan.Capacity.rounded(rows)
    var expected = [Double?](repeating: nil, count: padded * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        for k in 0..<depth {
          // The weight is [out x in] in both: rows of it forward, columns of it backward.
          let w = isForward ? weight[column * depth + k] : weight[k * columns + column]
          sum += Double(x[row * depth + k]) * Double(w)
        }
        switch (isForward, epilogue) {
        case (true, 1): sum += Double(second[column])
        case (false, 1): sum += Double(second[row * columns + column])
        case (false, 2): sum *= Double(second[row * columns + column])
        default: break
        }
        expected[row * columns + column] = sum
      }
    }
    self.init(
      kernel: kernel,
      buffers: [
        Self.words(x + [Float](repeating: 0, count: (padded - rows) * depth)), Self.words(weight),
        Self.words(second + [Float](repeating: 0, count: isForward ? 0 : (padded - rows) * columns)),
        Array(repeating: Float.nan.bitPattern, count: expected.count),
      ],
      push: [UInt32(rows), UInt32(columns), UInt32(depth)],
      groups: ((columns + size - 1) / size, (rows + size - 1) / size, 1), output: 3, expected: expected,
      tolerance: Precision.f32.tolerance)
  }
}
