/// A call of kernels that no plan makes, with the facts that an `Operation` has: its name and its work.
package protocol KernelCall {
  associatedtype Answer

  /// Name in profiles.
  static var name: String { get }

  /// What the call asks of a device at the least, while a batch of these sizes is the current one.
  func work(_ sizes: BatchSizes) -> KernelWork

  func encode(on kernels: any Kernels) throws -> Answer
}

extension KernelCall {
  /// Runs the call, timed where somebody asks.
  func run(on kernels: any Kernels, profile: ProfileCollector?) throws -> Answer {
    guard let profile else { return try encode(on: kernels) }
    return try profile.measure(Self.name, work(BatchSizes(kernels.batch))) { try encode(on: kernels) }
  }
}
