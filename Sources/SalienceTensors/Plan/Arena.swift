/// Memory that plans' values lie in.
///
/// Plans may share one where they run one after another and none reads what another left behind.
package final class Arena {
  let handle: Handle
  private let kernels: any Kernels
  private var planCount = 0

  package init(count: Int, on kernels: any Kernels) throws {
    self.kernels = kernels
    handle = try kernels.allocate(count: count)
  }

  deinit { kernels.release(handle) }

  /// - Returns: the number of the plan in this arena.
  func addPlan() -> Int {
    defer { planCount += 1 }
    return planCount
  }
}
