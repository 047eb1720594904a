import SalienceTensors

extension VulkanStream: LinearKernels {
  func linear(
    _ x: Handle, weight: Parameter, isRounded: Bool, bias: Parameter?, activation: ActivationFunction?, output: Handle,
    derivative: Handle?
  ) throws {
    let (matrix, target) = (try parameters.matrix(weight, isRounded: isRounded), try range(output))
    let epilogue: UInt32 =
      (bias == nil ? 0 : 1) + (derivative == nil ? 0 : 2) + (activation.map { 4 * (1 + $0.constant) } ?? 0)
    try recordProduct(
      "linear",
      [
        range(x), matrix.range, bias.map(parameters.range) ?? matrix.range, target, derivative.map(range) ?? target,
      ],
      depth: weight.shape[1], matrix, epilogue: epilogue, output: output,
      bytes: bytes(of: weight, matrix, and: elements(x, output, derivative) + (bias?.count ?? 0)))
  }

  func linearInputGradient(
    _ gradient: Handle, weight: Parameter, isRounded: Bool, epilogue: Epilogue, operand: Handle?, output: Handle
  ) throws {
    let dy = try range(gradient)
    let number: UInt32
    switch epilogue {
    case .none: number = 0
    case .add: number = 1
    case .multiply: number = 2
    }
    guard number == 0 || operand != nil else { throw TensorError(.backend, "the product lacks its second operand") }
    let matrix = try parameters.matrix(weight, isRounded: isRounded)
    try recordProduct(
      "linear_backward", [dy, matrix.range, operand.map(range) ?? dy, range(output)],
      depth: weight.shape[0], matrix, epilogue: number, output: output,
      bytes: bytes(of: weight, matrix, and: elements(gradient, operand, output)))
  }

  private func bytes(of weight: Parameter, _ matrix: VulkanParameters.Matrix, and elements: Int) -> Int {
    weight.count * matrix.precision.size + elements * MemoryLayout<Float>.stride
  }

  private func recordProduct(
    _ stem: String, _ buffers: [BufferRange], depth: Int, _ matrix: VulkanParameters.Matrix, epilogue: UInt32,
    output: Handle, bytes: Int
  ) throws {
    let (rows, columns, extent) = try size(output)
    guard rows > 0 else { return }
    let product = Product(
      stem: stem, rows: rows, columns: columns, depth: depth, epilogue: epilogue, precision: matrix.precision)
    let (form, kernel) = try ProductForm.best(
      for: product, units: device.matrixUnits(for: product.precision), limits: limits, checks: recorder.checks)
    var buffers = buffers + [try tables.range(.counts)]
    if case .matrixUnits = form { buffers[0] = try halfPrecisionRows(buffers[0], of: extent, width: depth) }
    let groups = form.groups(of: product)
    try record(
      kernel, buffers, push: [BatchTables.entry(extent), UInt32(columns), UInt32(depth), matrix.scale.bitPattern],
      groups: (groups.columns, groups.rows, 1), work: KernelWork(flops: 2 * rows * columns * depth, bytes: bytes))
  }

  /// Rows as matrix units read them, until the next product.
  private func halfPrecisionRows(_ rows: BufferRange, of extent: RowExtent, width: Int) throws -> BufferRange {
    let count = shape.rows(extent)
    let result = try operandMemory(bytes: HalfPrecisionMatrix.bytes(ofRows: count, width: width))
    try recordSharedRows(
      "half_precision_rows", constants: [parameters.precision.constant], [rows, result], rows: .all(extent),
      width: width, more: [UInt32(width)], elements: count * width * 3 / 2)
    return result
  }
}
