import Foundation

/// Kernels with a clock around every call, for backends whose calls return when the work is done.
package final class ProfiledKernels {
  let kernels: any Kernels
  private let collector: ProfileCollector
  private var shapes: [Handle: ValueShape] = [:]
  private var batch = PackedBatch()

  /// - Parameter collector: its lanes are the threads that run such kernels.
  package init(_ kernels: any Kernels, collector: ProfileCollector) {
    self.kernels = kernels
    self.collector = collector
  }

  /// Runs `body` as a call of `name`.
  func measure<Answer>(_ name: String, _ work: KernelWork, _ body: (any Kernels) throws -> Answer) rethrows -> Answer {
    collector.begin()
    let start = ContinuousClock.now
    let answer = try body(kernels)
    collector.add(name, seconds: (ContinuousClock.now - start) / .seconds(1), work: work)
    return answer
  }

  /// Elements of views under the current batch; nothing for those that are absent.
  func elements(_ handles: Handle?...) -> Int {
    handles.reduce(0) { $0 + ($1.flatMap { shapes[$0] }.map { batch.rows($0.rows) * $0.width } ?? 0) }
  }

  /// Rows of a view under the current batch.
  func rows(_ handle: Handle) -> Int { shapes[handle].map { batch.rows($0.rows) } ?? 0 }

  /// Multiplications and additions of one inner product of head size for each pair that a window shows of a sequence's
  /// tokens, and head.
  func pairFLOPs(_ window: AttentionWindow, width: Int) -> Int {
    batch.lengths.reduce(0) { $0 + 2 * window.pairs(length: $1) * width }
  }

  /// Keys that the sequences' selected rows see.
  func keysOfSelectedRows(_ window: AttentionWindow) -> Int {
    zip(batch.lengths, zip(batch.selectedRows, batch.offsets)).reduce(0) {
      $0 + window.keys(ofQuery: $1.1.0 - $1.1.1, length: $1.0).count
    }
  }

  func width(_ handle: Handle) -> Int { shapes[handle]?.width ?? 0 }

  var tokenCount: Int { batch.tokenCount }

  /// Tokens of the distinct examples that sequences of the batch belong to.
  func exampleTokens(_ path: PathBatch) -> Int { path.exampleTokens(lengths: batch.lengths) }
}

extension PathBatch {
  /// Tokens of the distinct examples among sequences of these lengths.
  package func exampleTokens(lengths: [Int]) -> Int {
    Dictionary(zip(exampleRows, lengths)) { first, _ in first }.values.reduce(0, +)
  }
}

extension ProfiledKernels: TensorMemory {
  package func allocate(count: Int) throws -> Handle { try kernels.allocate(count: count) }

  package func release(_ handle: Handle) { kernels.release(handle) }

  package func view(of allocation: Handle, offset: Int, shape: ValueShape) -> Handle {
    let view = kernels.view(of: allocation, offset: offset, shape: shape)
    shapes[view] = shape
    return view
  }

  package func drop(_ view: Handle) {
    shapes[view] = nil
    kernels.drop(view)
  }

  package func begin(_ batch: PackedBatch) throws {
    self.batch = batch
    try kernels.begin(batch)
  }

  package func write(_ values: [Float], to handle: Handle, at offset: Int) throws {
    try kernels.write(values, to: handle, at: offset)
  }

  package func read(_ handle: Handle, count: Int) throws -> [Float] { try kernels.read(handle, count: count) }
}
