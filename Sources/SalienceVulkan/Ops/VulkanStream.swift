import SalienceTensors

/// One stream of work on a device: memory, the current batch, and commands recorded for it.
///
/// Belongs to one thread at a time.
final class VulkanStream {
  struct View {
    let piece: MemoryArena.Piece
    /// Bytes from the piece's beginning.
    let offset: Int
    /// nil for a whole allocation.
    let shape: ValueShape?
  }

  let device: VulkanDevice
  /// What kernels keep to: the device's own limits, or tighter ones in tests.
  let limits: VulkanLimits
  let parameters: VulkanParameters
  let recorder: CommandRecorder
  private(set) var batch = PackedBatch()
  /// What commands are recorded for: the current batch, or all batches of about its size.
  var shape = BatchShape(PackedBatch())
  let tables: BatchTables
  var sequences = RecordedSequences()
  /// What a sequence that is being recorded looks up in embedding tables; nil while none is.
  var lookups: [EmbeddingTerm]?
  /// An operand of the product being recorded, in half precision; the next product writes over it.
  private var operand: MemoryArena.Piece?
  private var views: [Int: View] = [:]
  private var nextID = 0

  init(parameters: VulkanParameters, recorder: CommandRecorder, limits: VulkanLimits? = nil) throws {
    device = recorder.device
    self.limits = limits ?? recorder.device.limits
    self.parameters = parameters
    self.recorder = recorder
    tables = BatchTables(recorder)
  }

  /// Memory of this stream goes back to everybody's only after the device has done with it.
  deinit { recorder.drain() }

  /// What a view spans in `shape`, rounded up to whole blocks of rows; all of an allocation.
  func range(_ handle: Handle) throws -> BufferRange {
    let view = try view(handle)
    guard let shape = view.shape else { return BufferRange(view.piece) }
    let rows = MemoryPlan.Capacity.rounded(max(1, self.shape.rows(shape.rows)))
    let wanted = rows * shape.width * MemoryLayout<Float>.stride
    let start = view.piece.range.lowerBound + view.offset
    guard start < view.piece.range.upperBound else { throw TensorError(.backend, "tensor \(handle.id) lies outside") }
    return BufferRange(
      buffer: view.piece.memory.buffer, offset: start, size: max(4, min(wanted, view.piece.range.upperBound - start)))
  }

  /// Rows in `shape` and width of a view.
  func size(_ handle: Handle) throws -> (rows: Int, width: Int, extent: RowExtent) {
    guard let shape = try view(handle).shape else { throw TensorError(.backend, "an allocation has no rows") }
    return (self.shape.rows(shape.rows), shape.width, shape.rows)
  }

  /// Elements of tensors in `shape`; nothing for those that are absent.
  func elements(_ handles: Handle?...) throws -> Int {
    try handles.reduce(0) { sum, handle in
      let size = try handle.map(size)
      return sum + (size.map { $0.rows * $0.width } ?? 0)
    }
  }

  /// Values that kernels of the current submission read.
  func upload(_ values: [UInt32]) throws -> BufferRange {
    try values.withUnsafeBytes { try upload($0) }
  }

  func upload(_ values: [Float]) throws -> BufferRange {
    try values.withUnsafeBytes { try upload($0) }
  }

  /// Device memory that kernels of the current submission may use between them.
  func temporary(bytes: Int) throws -> BufferRange { try recorder.temporary(bytes: bytes) }

  /// Memory for one operand of a product, the same for all: as large as the largest so far.
  func operandMemory(bytes: Int) throws -> BufferRange {
    // What a sequence uses lives as long as the sequence.
    if lookups != nil { return try temporary(bytes: bytes) }
    if let operand, operand.range.count >= bytes { return BufferRange(operand, size: bytes) }
    if let operand { recorder.keep(operand) }
    operand = nil
    let piece = try recorder.memory.device.take(bytes: bytes)
    operand = piece
    return BufferRange(piece, size: bytes)
  }

  /// Binds `buffers` to set 0, bindings 0, 1, 2 …, and runs the kernel after what was recorded before and uses the same
  /// memory.
  ///
  /// - Parameters:
  ///   - push: at most 32 words.
  ///   - work: what the dispatch does, for the bound on a submission and for profiles.
  func record(
    _ kernel: Kernel, _ buffers: [BufferRange], push: [UInt32], groups: (Int, Int, Int), work: KernelWork
  ) throws {
    try recorder.dispatch(kernel, buffers, push: push, groups: groups, work: work)
  }

  /// Sets the first `count` elements of a range to zero.
  func clear(_ range: BufferRange, count: Int) throws {
    try recorder.fill(range, word: 0, bytes: count * MemoryLayout<Float>.stride)
  }

  /// The first `count` elements of a range, once everything recorded has run.
  func readBack(_ range: BufferRange, count: Int) throws -> [Float] {
    guard count > 0 else { return [] }
    let bytes = count * MemoryLayout<Float>.stride
    let piece = try recorder.memory.readBack.take(bytes: bytes)
    try recorder.copy(range, to: BufferRange(piece), bytes: bytes)
    recorder.keep(piece)
    try recorder.finish()
    guard let mapped = piece.mapped else { throw VulkanError(.failed, "read-back memory is not mapped") }
    return [Float](unsafeUninitializedCapacity: count) { buffer, written in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(start: mapped, count: bytes))
      written = count
    }
  }

  func view(_ handle: Handle) throws -> View {
    guard let view = views[handle.id] else { throw TensorError(.backend, "no tensor \(handle.id)") }
    return view
  }

  private func upload(_ bytes: UnsafeRawBufferPointer) throws -> BufferRange {
    let (range, mapped) = try recorder.upload(bytes: bytes.count)
    if let base = bytes.baseAddress { mapped.copyMemory(from: base, byteCount: bytes.count) }
    return range
  }

  private func add(_ view: View) -> Handle {
    nextID += 1
    views[nextID] = view
    return Handle(id: nextID)
  }
}

extension VulkanStream: TensorMemory {
  func allocate(count: Int) throws -> Handle {
    let piece = try recorder.memory.device.take(bytes: count * MemoryLayout<Float>.stride)
    return add(View(piece: piece, offset: 0, shape: nil))
  }

  func release(_ handle: Handle) {
    guard let view = views.removeValue(forKey: handle.id) else { return }
    recorder.keep(view.piece)
    if view.shape == nil { sequences.remove(arena: handle) }
  }

  func view(of allocation: Handle, offset: Int, shape: ValueShape) -> Handle {
    guard let whole = views[allocation.id] else { return allocation }
    return add(View(piece: whole.piece, offset: whole.offset + offset * MemoryLayout<Float>.stride, shape: shape))
  }

  func drop(_ view: Handle) { release(view) }

  func begin(_ batch: PackedBatch) throws {
    self.batch = batch
    shape = BatchShape(batch)
    tables.begin(batch, shape)
  }

  func write(_ values: [Float], to handle: Handle, at offset: Int) throws {
    guard !values.isEmpty else { return }
    let view = try view(handle)
    let start = view.piece.range.lowerBound + view.offset + offset * MemoryLayout<Float>.stride
    let target = BufferRange(
      buffer: view.piece.memory.buffer, offset: start, size: max(0, view.piece.range.upperBound - start))
    try recorder.copy(upload(values), to: target, bytes: values.count * MemoryLayout<Float>.stride)
  }

  func read(_ handle: Handle, count: Int) throws -> [Float] {
    let view = try view(handle)
    let start = view.piece.range.lowerBound + view.offset
    let source = BufferRange(
      buffer: view.piece.memory.buffer, offset: start, size: view.piece.range.upperBound - start)
    return try readBack(source, count: count)
  }
}
