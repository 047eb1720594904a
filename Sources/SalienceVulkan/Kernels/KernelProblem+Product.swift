import SalienceTensors

extension KernelProblem {
  /// A product that fills no tile: a tile and a bit of rows and of columns, and a depth of some slices and a bit.
  ///
  /// What is expected in half precision is the product of rounded operands, with the tolerance of float32.
  init?(product kernel: Kernel) {
    guard kernel.constants.count == 9, let precision = Precision(constant: kernel.constants[8]) else { return nil }
    let constants = kernel.constants.map(Int.init)
    let size = constants[1]
    let numbers = ProductNumbers(
      isForward: kernel.stem == "linear", rows: size + 5, columns: size + (constants[6] == 1 ? 8 : 7),
      depth: constants[5] == 1 ? 52 : 51, epilogue: constants[7], precision: precision)
    let padding = [Float](repeating: 0, count: (numbers.paddedRows - numbers.rows) * numbers.depth)
    self.init(kernel: kernel, numbers, left: Self.words(numbers.x + padding), size: size)
  }

  /// The same on matrix units, which read the left operand in half precision.
  init?(matrixUnitProduct kernel: Kernel) {
    guard kernel.constants.count == 13, let precision = Precision(constant: kernel.constants[8]) else { return nil }
    let constants = kernel.constants.map(Int.init)
    let (size, isWhole) = (constants[1], constants[5] == 1)
    let isForward = kernel.stem.hasPrefix("linear_\(precision)")
    let (wide, ragged) = (size + 8, size + (constants[6] == 1 ? 4 : 7))
    let numbers = ProductNumbers(
      isForward: isForward, rows: size + 5, columns: isForward || isWhole && constants[6] == 1 ? wide : ragged,
      depth: isForward && isWhole ? 72 : 71, epilogue: constants[7], precision: precision)
    self.init(kernel: kernel, numbers, left: numbers.halfPrecisionRows, size: size)
  }

  private init(kernel: Kernel, _ numbers: ProductNumbers, left: [UInt32], size: Int) {
    let (rows, columns) = (numbers.rows, numbers.columns)
    let (words, scale) = numbers.storedWeight
    let sums = numbers.sums
    let results =
      [Result(name: "product", binding: 3, expected: numbers.finished(sums))]
      + (numbers.savesDerivative
        ? [Result(name: "derivative", binding: 4, expected: numbers.derivatives(sums))] : [])
    self.init(
      kernel: kernel,
      buffers: [
        left, words, Self.words(numbers.second), Self.blank(sums.count),
      ] + (numbers.isForward ? [Self.blank(sums.count)] : []) + [[UInt32(rows)]],
      push: [0, UInt32(columns), UInt32(numbers.depth), scale.bitPattern],
      groups: ((columns + size - 1) / size, (rows + size - 1) / size, 1), results: results)
  }
}

/// Operands of a small product, and its result in float64.
private struct ProductNumbers {
  let isForward: Bool
  let rows: Int
  let columns: Int
  let depth: Int
  /// What the kernels' constant 7 says.
  let epilogue: Int
  let precision: Precision
  /// [rows x depth].
  let x: [Float]
  /// [columns x depth] forward, [depth x columns] backward: [out x in] in both.
  let weight: [Float]
  /// The bias, or the operand of the epilogue, up to whole blocks of rows.
  let second: [Float]

  init(isForward: Bool, rows: Int, columns: Int, depth: Int, epilogue: Int, precision: Precision) {
    self.isForward = isForward
    self.rows = rows
    self.columns = columns
    self.depth = depth
    self.epilogue = epilogue
    self.precision = precision
    x = KernelProblem.numbers(rows * depth, seed: 1)
    weight = KernelProblem.numbers(columns * depth, seed: 2)
    let operand = KernelProblem.numbers(isForward ? columns : rows * columns, seed: 3)
    let padding = isForward ? 0 : (MemoryPlan.Capacity.rounded(rows) - rows) * columns
    second = operand + [Float](repeating: 0, count: padding)
  }

  var paddedRows: Int { MemoryPlan.Capacity.rounded(rows) }

  /// With the bias or the operand of the epilogue; nil in rows past the end.
  var sums: [Double?] {
    let x = x.map { Double(precision.rounded($0)) }
    let weight = weight.map { Double(precision.rounded($0)) }
    var sums = [Double?](repeating: nil, count: paddedRows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        for k in 0..<depth {
          sum += x[row * depth + k] * (isForward ? weight[column * depth + k] : weight[k * columns + column])
        }
        switch (isForward, epilogue) {
        case (true, _): if epilogue & 1 != 0 { sum += Double(second[column]) }
        case (false, 1): sum += Double(second[row * columns + column])
        case (false, 2): sum *= Double(second[row * columns + column])
        default: break
        }
        sums[row * columns + column] = sum
      }
    }
    return sums
  }

  private var activation: ActivationFunction? {
    isForward && epilogue >= 4 ? ActivationFunction(constant: UInt32(epilogue / 4 - 1)) : nil
  }

  var savesDerivative: Bool { activation != nil && epilogue & 2 != 0 }

  func finished(_ sums: [Double?]) -> [Double?] {
    guard let activation else { return sums }
    return sums.map { $0.map(activation.value) }
  }

  /// nil too where rounding alone may decide which side of a kink a sum is on.
  func derivatives(_ sums: [Double?]) -> [Double?] {
    sums.map { sum in
      sum.flatMap { activation == .relu && abs($0) < 1e-3 ? nil : activation?.slope($0) }
    }
  }

  /// As `VulkanParameters` stores it.
  var storedWeight: (words: [UInt32], scale: Float) {
    if precision == .f32 { return (KernelProblem.words(weight), 1) }
    let matrix = HalfPrecisionMatrix(weight, precision: precision)
    return (Self.pairs(matrix.words), matrix.scale)
  }

  /// As `half_precision_rows.comp` writes them, with a scale for each row in f16.
  var halfPrecisionRows: [UInt32] {
    var (halves, factors) = ([UInt16](), [UInt32]())
    for row in 0..<rows {
      let scale = precision == .f16 ? Float(1 << (row % 3)) : 1
      let own = x[row * depth..<(row + 1) * depth].map { $0 * scale }
      halves += own.map { precision == .f16 ? Float16($0).bitPattern : HalfPrecisionMatrix.bfloat16($0) }
      halves += Array(repeating: 0, count: (8 - depth % 8) % 8)
      factors.append((1 / scale).bitPattern)
    }
    return Self.pairs(halves) + factors
  }

  private static func pairs(_ halves: [UInt16]) -> [UInt32] {
    stride(from: 0, to: halves.count, by: 2).map { UInt32(halves[$0]) | UInt32(halves[$0 + 1]) << 16 }
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
