import SalienceTensors

/// A matrix product as its kernels see it: C [rows x columns] over a depth, and what is done with the sums.
struct Product {
  /// `linear` or `linear_backward`.
  let stem: String
  let rows: Int
  let columns: Int
  let depth: Int
  /// What the kernels' constant 7 says.
  let epilogue: UInt32
  let precision: Precision

  /// Width of the stored weight's rows: [out x in] in both directions.
  var weightWidth: Int { stem == "linear" ? depth : columns }
}

/// One of the kernels that compute a product, and the tile that a group of it makes.
enum ProductForm: Hashable, Sendable {
  /// On matrix units, from rows in half precision.
  case matrixUnits(MatrixUnitTile)
  case plain(MatrixTile)

  /// Groups that keep a large device busy: a tile that leaves fewer is too large.
  static let enoughGroups = 192

  /// Rows and columns of the tile.
  var size: Int {
    switch self {
    case .matrixUnits(let tile): tile.size
    case .plain(let tile): tile.size
    }
  }

  func groups(of product: Product) -> (columns: Int, rows: Int, count: Int) {
    let (across, down) = ((product.columns + size - 1) / size, (product.rows + size - 1) / size)
    return (across, down, across * down)
  }

  func kernel(for product: Product) -> Kernel {
    switch self {
    case .matrixUnits(let tile):
      tile.kernel(
        product.stem, weightWidth: product.weightWidth, columns: product.columns, epilogue: product.epilogue)
    case .plain(let tile):
      tile.kernel(
        product.stem, depth: product.depth, columns: product.columns, epilogue: product.epilogue,
        precision: product.precision)
    }
  }

  /// The largest form that leaves enough groups, or the smallest where none does, then all smaller ones.
  ///
  /// - Parameter forms: the largest first.
  private static func choices(_ forms: [Self], for product: Product) -> [Self] {
    let best = forms.firstIndex { $0.groups(of: product).count >= enoughGroups }
    return Array(forms[(best ?? max(0, forms.count - 1))...])
  }

  /// The form to compute a product in.
  ///
  /// Sums on matrix units differ from plain ones in the last digits, so that one wrong tile among theirs gives up all:
  /// a row must not depend on how many others there are.
  ///
  /// - Parameter units: nil for none.
  /// - Throws: `VulkanError` where no form computes correctly, and what running a check throws.
  static func best(
    for product: Product, units: MatrixUnits?, limits: VulkanLimits, checks: KernelChecks
  ) throws -> (form: Self, kernel: Kernel) {
    let tiles = units.map { MatrixUnitTile.fitting($0, limits: limits).map(Self.matrixUnits) } ?? []
    let areTrusted = try tiles.allSatisfy { try checks.fault(of: $0.kernel(for: product)) == nil }
    let plain = MatrixTile.fitting(limits).map(Self.plain)
    let forms = (areTrusted ? choices(tiles, for: product) : []) + choices(plain, for: product)
    let (form, kernel) = try checks.first(of: forms) { $0.kernel(for: product) }
    return (form, kernel)
  }
}
