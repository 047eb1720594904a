import SalienceTensors

/// How a matrix of some width is cut into the units that kernels move: four elements where the width allows.
struct RowUnits {
  let isVector: Bool
  /// Units of a row.
  let count: Int

  /// - Parameter parts: widths that must be whole units too.
  init(width: Int, parts: [Int] = []) {
    isVector = width % 4 == 0 && parts.allSatisfy { $0 % 4 == 0 }
    count = isVector ? width / 4 : width
  }

  /// Elements of a unit.
  var size: Int { isVector ? 4 : 1 }

  /// The specialisation constant `VECTOR`.
  var constant: UInt32 { isVector ? 1 : 0 }
}

/// The rows that a kernel works on.
enum KernelRows {
  /// Every token or sequence of whatever batch it runs on.
  case all(RowExtent)
  case count(Int)
}

extension VulkanStream {
  /// Invocations of a group, where a kernel does not care: the most that every device takes.
  static let groupSize = 128

  /// `count` groups over the x and y axes, of which one alone may hold no more than 65,535.
  func groups(_ count: Int, heads: Int = 1) -> (Int, Int, Int) {
    let x = min(count, limits.maxWorkGroupCount[0])
    return (x, (count + x - 1) / x, heads)
  }

  /// Runs a kernel with one invocation per unit of `rows` rows; push constants are rows, units of a row, then `more`.
  ///
  /// Of a batch's tokens or sequences, the kernel is given the entry of the batch's counts instead of their number, and
  /// the counts as its last buffer.
  ///
  /// - Parameters:
  ///   - parts: of a row that must be whole units.
  ///   - elements: that the kernel reads and writes.
  func recordRows(
    _ stem: String, constants: [UInt32] = [], _ buffers: [BufferRange], rows: KernelRows, width: Int,
    parts: [Int] = [], more: [UInt32] = [], elements: Int
  ) throws {
    let units = RowUnits(width: width, parts: parts)
    let invocations = count(rows) * units.count
    guard invocations > 0 else { return }
    let kernel = Kernel(stem, [UInt32(Self.groupSize), units.constant] + constants)
    try recorder.checks.require(kernel)
    try record(
      kernel, buffers + counts(rows), push: [argument(rows), UInt32(units.count)] + more,
      groups: groups((invocations + Self.groupSize - 1) / Self.groupSize), work: KernelWork(elements: elements))
  }

  /// Runs a kernel with `lanes` invocations per row; push constants and buffers are those of `recordRows`.
  ///
  /// - Parameters:
  ///   - parts: of a row that must be whole units.
  ///   - segments: of a row, each of which has `lanes` invocations of its own.
  ///   - elements: that the kernel reads and writes.
  func recordSharedRows(
    _ stem: String, constants: [UInt32] = [], _ buffers: [BufferRange], rows: KernelRows, width: Int,
    parts: [Int] = [], segments: Int = 1, more: [UInt32] = [], elements: Int
  ) throws {
    guard count(rows) > 0 else { return }
    let units = RowUnits(width: width, parts: parts)
    let rowsOfGroup = Self.groupSize / Self.lanes
    let kernel = Kernel(stem, [UInt32(Self.groupSize), units.constant, UInt32(Self.lanes)] + constants)
    try recorder.checks.require(kernel)
    try record(
      kernel, buffers + counts(rows), push: [argument(rows), UInt32(units.count)] + more,
      groups: groups((count(rows) * segments + rowsOfGroup - 1) / rowsOfGroup), work: KernelWork(elements: elements))
  }

  /// Invocations that share a row in a kernel which sums over rows.
  static let lanes = 32

  private func count(_ rows: KernelRows) -> Int {
    switch rows {
    case .all(let extent): shape.rows(extent)
    case .count(let count): count
    }
  }

  private func argument(_ rows: KernelRows) -> UInt32 {
    switch rows {
    case .all(let extent): BatchTables.entry(extent)
    case .count(let count): UInt32(count)
    }
  }

  private func counts(_ rows: KernelRows) throws -> [BufferRange] {
    if case .all = rows { return [try tables.range(.counts)] }
    return []
  }
}
