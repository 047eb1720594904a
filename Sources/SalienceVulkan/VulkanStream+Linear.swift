import SalienceTensors

extension VulkanStream: LinearKernels {
  func linear(
    _ x: Handle, weight: Parameter, bias: Parameter?, activation: ActivationFunction?, output: Handle,
    derivative: Handle?
  ) throws {
    let (matrix, target) = (try parameters.matrix(weight), try range(output))
    let epilogue: UInt32 =
      (bias == nil ? 0 : 1) + (derivative == nil ? 0 : 2) + (activation.map { 4 * (1 + $0.constant) } ?? 0)
    try recordProduct(
      "linear",
      [
        range(x), matrix.range, bias.map(parameters.range) ?? matrix.range, target, derivative.map(range) ?? target,
      ],
      depth: weight.shape[1], scale: matrix.scale, epilogue: epilogue, output: output,
      bytes: bytes(of: weight, and: elements(x, output, derivative) + (bias?.count ?? 0)))
  }

  func linearInputGradient(
    _ gradient: Handle, weight: Parameter, epilogue: Epilogue, operand: Handle?, output: Handle
  ) throws {
    let dy = try range(gradient)
    let number: UInt32
    switch epilogue {
    case .none: number = 0
    case .add: number = 1
    case .multiply: number = 2
    }
    guard number == 0 || operand != nil else { throw TensorError(.backend, "the product lacks its second operand") }
    let matrix = try parameters.matrix(weight)
    try recordProduct(
      "linear_backward", [dy, matrix.range, operand.map(range) ?? dy, range(output)],
      depth: weight.shape[0], scale: matrix.scale, epilogue: number, output: output,
      bytes: bytes(of: weight, and: elements(gradient, operand, output)))
  }

  private func bytes(of weight: Parameter, and elements: Int) -> Int {
    weight.count * parameters.precision.size + elements * MemoryLayout<Float>.stride
  }

  private func recordProduct(
    _ stem: String, _ buffers: [BufferRange], depth: Int, scale: Float, epilogue: UInt32, output: Handle, bytes: Int
  ) throws {
    let (rows, columns, extent) = try size(output)
    guard rows > 0 else { return }
    let tiles = Array(MatrixTile.choices(rows: rows, columns: columns, limits: limits))
    let (tile, kernel) = try recorder.checks.first(of: tiles) {
      $0.kernel(stem, depth: depth, columns: columns, epilogue: epilogue, precision: parameters.precision)
    }
    let groups = tile.groups(rows: rows, columns: columns)
    try record(
      kernel, buffers + [tables.range(.counts)],
      push: [BatchTables.entry(extent), UInt32(columns), UInt32(depth), scale.bitPattern],
      groups: (groups.columns, groups.rows, 1), work: KernelWork(flops: 2 * rows * columns * depth, bytes: bytes))
  }
}
