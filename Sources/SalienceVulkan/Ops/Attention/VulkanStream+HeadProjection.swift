import SalienceTensors

extension VulkanStream: HeadProjectionKernels {
  func headProjection(
    _ x: Handle, weight: Parameter, bias: Parameter?, heads: Int, isTransposed: Bool, output: Handle
  ) throws {
    let (rows, width, extent) = try size(output)
    guard rows > 0 else { return }
    let (headSize, inner) = (weight.shape[0] / heads, weight.shape[1])
    let (depth, columns) = isTransposed ? (headSize, inner) : (inner, headSize)
    let tiles = MatrixTile.heads(rows: rows, columns: columns, count: heads, limits: limits)
    let (tile, kernel) = try recorder.checks.first(of: tiles) {
      $0.kernel(heads: isTransposed, depth: depth, columns: columns, hasBias: bias != nil)
    }
    let matrix = try parameters.range(weight)
    let shift = try isTransposed ? [] : [bias.map(parameters.range) ?? matrix]
    try record(
      kernel, [range(x), matrix] + shift + [range(output), tables.range(.counts)],
      push: [BatchTables.entry(extent), UInt32(columns), UInt32(depth), Float(1).bitPattern],
      groups: ((columns + tile.size - 1) / tile.size, (rows + tile.size - 1) / tile.size, heads),
      work: KernelWork(
        flops: 2 * rows * weight.count, elements: elements(x) + rows * width + weight.count + (bias?.count ?? 0)))
  }
}

extension MatrixTile {
  /// The tiles for as many products as there are heads: the largest that is hardly wider than their columns and leaves
  /// enough groups, or the smallest, then all smaller ones.
  static func heads(rows: Int, columns: Int, count: Int, limits: VulkanLimits) -> [Self] {
    let fitting = fitting(limits)
    let best = fitting.firstIndex { tile in
      let groups = (columns + tile.size - 1) / tile.size * ((rows + tile.size - 1) / tile.size) * count
      return tile.size < 2 * columns && groups >= ProductForm.enoughGroups
    }
    return Array(fitting[(best ?? max(0, fitting.count - 1))...])
  }

  /// The form of the heads' kernel that computes such tiles.
  func kernel(heads isTransposed: Bool, depth: Int, columns: Int, hasBias: Bool) -> Kernel {
    let tile = [invocations, size, size, patch, stages, depth % 4 == 0 ? 1 : 0, columns % 4 == 0 ? 1 : 0]
    return Kernel(
      isTransposed ? "head_projection_transposed" : "head_projection",
      tile.map(UInt32.init) + (isTransposed ? [] : [hasBias ? 1 : 0]))
  }
}
