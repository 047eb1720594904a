import SalienceTensors

extension VulkanStream: LinearKernels {
  func linear(_ x: Handle, weight: Parameter, bias: Parameter?, output: Handle) throws {
    let matrix = try parameters.range(weight)
    try recordProduct(
      "linear", [range(x), matrix, bias.map(parameters.range) ?? matrix, range(output)],
      depth: weight.shape[1], epilogue: bias == nil ? 0 : 1, output: output,
      elements: elements(x, output) + weight.count + (bias?.count ?? 0))
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
    try recordProduct(
      "linear_backward", [dy, parameters.range(weight), operand.map(range) ?? dy, range(output)],
      depth: weight.shape[0], epilogue: number, output: output,
      elements: elements(gradient, operand, output) + weight.count)
  }

  private func recordProduct(
    _ stem: String, _ buffers: [BufferRange], depth: Int, epilogue: UInt32, output: Handle, elements: Int
  ) throws {
    let (rows, columns) = try size(output)
    guard rows > 0 else { return }
    let tiles = Array(MatrixTile.choices(rows: rows, columns: columns, limits: limits))
    let (tile, kernel) = try recorder.checks.first(of: tiles) {
      Kernel(stem, $0.constants + [depth % 4 == 0 ? 1 : 0, columns % 4 == 0 ? 1 : 0, epilogue])
    }
    let groups = tile.groups(rows: rows, columns: columns)
    try record(
      kernel, buffers, push: [UInt32(rows), UInt32(columns), UInt32(depth)], groups: (groups.columns, groups.rows, 1),
      work: KernelWork(flops: 2 * rows * columns * depth, elements: elements))
  }
}
