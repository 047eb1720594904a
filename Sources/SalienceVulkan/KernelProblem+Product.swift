import SalienceTensors

extension KernelProblem {
  /// A product that fills no tile: a tile and a bit of rows and of columns, and a depth of some slices and a bit.
  ///
  /// What is expected in half precision is the product of rounded operands, with the tolerance of float32.
  init?(product kernel: Kernel) {
    guard kernel.constants.count == 9, let precision = Precision(constant: kernel.constants[8]) else { return nil }
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
          sum += Double(precision.rounded(x[row * depth + k])) * Double(precision.rounded(w))
        }
        switch (isForward, epilogue) {
        case (true, _):
          if epilogue & 1 != 0 { sum += Double(second[column]) }
          if epilogue >= 4, let f = ActivationFunction(constant: UInt32(epilogue / 4 - 1)) { sum = f.value(sum) }
        case (false, 1): sum += Double(second[row * columns + column])
        case (false, 2): sum *= Double(second[row * columns + column])
        default: break
        }
        expected[row * columns + column] = sum
      }
    }
    let (words, scale) = Self.weight(weight, precision)
    self.init(
      kernel: kernel,
      buffers: [
        Self.words(x + [Float](repeating: 0, count: (padded - rows) * depth)), words,
        Self.words(second + [Float](repeating: 0, count: isForward ? 0 : (padded - rows) * columns)),
        Array(repeating: Float.nan.bitPattern, count: expected.count),
      ] + (isForward ? [Array(repeating: 0, count: expected.count)] : []) + [[UInt32(rows)]],
      push: [0, UInt32(columns), UInt32(depth), scale.bitPattern],
      groups: ((columns + size - 1) / size, (rows + size - 1) / size, 1), output: 3, expected: expected,
      tolerance: Precision.f32.tolerance)
  }
  /// As `VulkanParameters` stores it.
  private static func weight(_ values: [Float], _ precision: Precision) -> (words: [UInt32], scale: Float) {
    if precision == .f32 { return (words(values), 1) }
    let matrix = HalfPrecisionMatrix(values, precision: precision)
    let pairs = stride(from: 0, to: matrix.words.count, by: 2).map {
      UInt32(matrix.words[$0]) | UInt32(matrix.words[$0 + 1]) << 16
    }
    return (pairs, matrix.scale)
  }
}

extension Precision {
  /// The nearest operand, for values in f16's range.
  fileprivate func rounded(_ value: Float) -> Float {
    switch self {
    case .f32: value
    case .f16: Float(Float16(value))
    case .bf16: Float(bitPattern: UInt32(HalfPrecisionMatrix.bfloat16(value)) << 16)
    }
  }
}
