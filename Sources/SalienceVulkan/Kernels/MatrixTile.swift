import SalienceTensors

/// The part of a matrix product that one group computes; see `Shaders/include/matrix_product.glsl`.
///
/// Every tile adds along the depth in the same order, so the choice changes no result.
struct MatrixTile: Hashable, Sendable {
  /// Rows and columns of the tile.
  let size: Int
  /// Rows and columns of an invocation's part.
  let patch: Int
  /// Slices of the operands in shared memory.
  let stages: Int

  /// Depth of a slice.
  private static let slice = 16

  /// The tiles that the device takes, the largest first.
  ///
  /// The smallest runs on every device: 64 invocations, 8 KiB.
  static func fitting(_ limits: VulkanLimits) -> [Self] {
    let fitting = [(128, 8), (64, 8), (32, 4)].compactMap { Self(size: $0, patch: $1, limits: limits) }
    return fitting.isEmpty ? [Self(size: 32, patch: 4, stages: 1)] : fitting
  }

  private init(size: Int, patch: Int, stages: Int) {
    self.size = size
    self.patch = patch
    self.stages = stages
  }

  /// nil where the device's groups or its shared memory are too small.
  init?(size: Int, patch: Int, limits: VulkanLimits) {
    let stageBytes = 2 * size * Self.slice * MemoryLayout<Float>.stride
    self.init(size: size, patch: patch, stages: 2 * stageBytes <= limits.sharedMemoryBytes ? 2 : 1)
    let most = min(limits.maxWorkGroupInvocations, limits.maxWorkGroupSize[0])
    guard invocations <= most, stages * stageBytes <= limits.sharedMemoryBytes else { return nil }
  }

  /// Invocations of a group.
  var invocations: Int { size / patch * (size / patch) }

  /// The form of a product's kernel that computes such tiles.
  ///
  /// - Parameter epilogue: what the kernel's constant 7 says.
  func kernel(_ stem: String, depth: Int, columns: Int, epilogue: UInt32, precision: Precision) -> Kernel {
    let tile = [invocations, size, size, patch, stages, depth % 4 == 0 ? 1 : 0, columns % 4 == 0 ? 1 : 0]
    return Kernel(stem, tile.map(UInt32.init) + [epilogue, precision.constant])
  }
}
