import SalienceTensors

/// The matrix units that products in one precision run on.
struct MatrixUnits: Hashable, Sendable {
  let shape: MatrixShape
  /// Of the operands: f16 or bf16.
  let precision: Precision
  /// Invocations of a subgroup, which multiplies a shape together.
  let subgroupSize: Int
}

/// The part of a matrix product that one group computes on matrix units; see
/// `Shaders/include/matrix_unit_product.glsl`.
///
/// Every tile adds along the depth in the same order, so the choice changes no result.
struct MatrixUnitTile: Hashable, Sendable {
  let units: MatrixUnits
  /// Rows and columns of the tile.
  let size: Int
  /// Rows and columns of a subgroup's part.
  let block: Int
  /// Slices of the operands in shared memory.
  let stages: Int

  /// Depth of a slice.
  private static let slice = 32
  /// Numbers of a vector, as they pass through shared memory.
  private static let vector = 8
  /// Sums that an invocation keeps in registers; twice as many would not fit.
  private static let mostSums = 128

  /// The tiles that the device takes, the largest first.
  static func fitting(_ units: MatrixUnits, limits: VulkanLimits) -> [Self] {
    [128, 64, 32].compactMap { Self(units, size: $0, limits: limits) }
  }

  /// nil where the shape does not fit into the tile, or the device's groups or its shared memory are too small.
  init?(_ units: MatrixUnits, size: Int, limits: VulkanLimits) {
    let shape = units.shape
    // A tile has four subgroups, or more where these are small.
    var block = size / 2
    while block * block > Self.mostSums * units.subgroupSize { block /= 2 }
    let stageBytes = 2 * size * (Self.slice + Self.vector) * MemoryLayout<UInt16>.stride
    let stripBytes = size / block * (size / block) * shape.m * (block + 4) * MemoryLayout<Float>.stride
    self.units = units
    self.size = size
    self.block = block
    stages = max(2 * stageBytes, stripBytes) <= limits.sharedMemoryBytes ? 2 : 1
    let most = min(limits.maxWorkGroupInvocations, limits.maxWorkGroupSize[0])
    guard block % shape.m == 0, block % shape.n == 0, Self.slice % shape.k == 0,
      size * Self.slice / Self.vector % invocations == 0, invocations <= most,
      max(stages * stageBytes, stripBytes) <= limits.sharedMemoryBytes
    else { return nil }
  }

  /// Invocations of a group.
  var invocations: Int { size / block * (size / block) * units.subgroupSize }

  /// The form of a product's kernel that computes such tiles.
  ///
  /// - Parameters:
  ///   - stem: of the plain kernel.
  ///   - weightWidth: of the stored weight's rows.
  ///   - epilogue: what the kernel's constant 7 says.
  func kernel(_ stem: String, weightWidth: Int, columns: Int, epilogue: UInt32) -> Kernel {
    let tile = [
      invocations, size, size, block, stages, weightWidth % Self.vector == 0 ? 1 : 0, columns % 4 == 0 ? 1 : 0,
    ]
    let shape = [units.shape.m, units.shape.n, units.shape.k, units.subgroupSize]
    return Kernel(
      "\(stem)_\(units.precision.rawValue)",
      tile.map(UInt32.init) + [epilogue, units.precision.constant] + shape.map(UInt32.init),
      subgroupSize: units.subgroupSize)
  }
}
