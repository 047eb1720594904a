/// A tensor on a backend: an opaque number that only the backend which gave it can read.
public struct Handle: Sendable, Hashable {
  public let id: Int

  public init(id: Int) { self.id = id }
}

/// Memory of one stream of work on a backend.
///
/// A stream belongs to one thread; handles of one stream mean nothing to another.
public protocol TensorMemory: AnyObject {
  /// Reserves `count` elements.
  func allocate(count: Int) throws -> Handle

  /// Gives memory back; views into it become invalid.
  func release(_ handle: Handle)

  /// A matrix inside an allocation, from element `offset` on, whose rows the current batch decides.
  func view(of allocation: Handle, offset: Int, shape: ValueShape) -> Handle

  /// Forgets a view.
  func drop(_ view: Handle)

  /// Says that matrix products alone read a view, as their left factor, and that products and gradients of attention
  /// alone write it: a backend may keep it in the precision of its products, for they would round it so anyway.
  func keepForProducts(_ view: Handle)

  /// Sets the batch that `tokens` and `sequences` mean from now on.
  func begin(_ batch: PackedBatch) throws

  /// The batch that was set last.
  var batch: PackedBatch { get }

  /// Runs `body`: ops on views of `arena` and on weights, the same ones for the same `part` of the same plan whatever
  /// the batch.
  ///
  /// A backend may record them once and replay them for the batches to come, without `body`.
  ///
  /// - Parameters:
  ///   - plan: its number in `arena`.
  ///   - capacity: most rows of any batch of the plan.
  func replay(
    _ part: Range<Int>, ofPlan plan: Int, in arena: Handle, capacity: MemoryPlan.Capacity, _ body: () throws -> Void)
    throws

  func write(_ values: [Float], to handle: Handle, at offset: Int) throws
  func read(_ handle: Handle, count: Int) throws -> [Float]
}

extension TensorMemory {
  public func keepForProducts(_ view: Handle) {}

  public func replay(
    _ part: Range<Int>, ofPlan plan: Int, in arena: Handle, capacity: MemoryPlan.Capacity, _ body: () throws -> Void
  ) throws {
    try body()
  }
}

/// Everything a backend can do: a composition of one small protocol per op.
public typealias Kernels = TensorMemory & EmbeddingKernels & LinearKernels & ActivationKernels
  & ElementwiseKernels & LayerNormKernels & SoftmaxKernels & AttentionKernels & SelectedRowKernels & PathKernels
  & NoiseKernels & ColumnsKernels & MeanRowKernels & MaximumRowKernels & RMSNormKernels
  & GatedActivationKernels & RotaryKernels & DisentangledAttentionKernels & HeadProjectionKernels
  & MultiQueryAttentionKernels & SigmoidKernels & TokenSoftmaxKernels & ColumnScalingKernels & LogSoftmaxKernels
  & PartnerRowsKernels & ActivationMultiplierKernels & NormMultiplierKernels & AttentionMultiplierKernels
  & SoftmaxMultiplierKernels
