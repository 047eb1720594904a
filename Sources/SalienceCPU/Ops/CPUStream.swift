import Glibc
import SalienceTensors

/// One thread's stream of work: memory, the current batch and the products made so far.
final class CPUStream {
  struct View {
    let pointer: UnsafeMutablePointer<Float>
    /// nil for a whole allocation.
    let shape: ValueShape?
    /// Whether it holds bfloat16, for matrix products alone.
    var isNarrow = false
  }

  let parameters: CPUParameters
  let library: OneDNN
  private(set) var batch = PackedBatch()
  private var allocations: [Int: AlignedBuffer] = [:]
  private var views: [Int: View] = [:]
  private var nextID = 0
  private var products: [MatrixProduct.Key: MatrixProduct] = [:]
  /// Cosines and sines by position, for as many positions as batches have had.
  var rotationTables: [RotaryEmbedding: AlignedBuffer] = [:]
  private var scratchBuffer, sumBuffer: AlignedBuffer

  init(parameters: CPUParameters) throws {
    self.parameters = parameters
    library = try OneDNN()
    scratchBuffer = try AlignedBuffer(count: 0)
    sumBuffer = try AlignedBuffer(count: 0)
  }

  func view(_ handle: Handle) throws -> View {
    guard let view = views[handle.id] else { throw TensorError(.backend, "no tensor \(handle.id)") }
    return view
  }

  func pointer(_ handle: Handle) throws -> UnsafeMutablePointer<Float> {
    let view = try view(handle)
    if view.isNarrow { throw TensorError(.backend, "tensor \(handle.id) is kept for matrix products") }
    return view.pointer
  }

  /// A view in bfloat16; nil for one in float32.
  func narrowPointer(_ handle: Handle) throws -> UnsafeMutablePointer<UInt16>? {
    let view = try view(handle)
    return view.isNarrow ? UnsafeMutableRawPointer(view.pointer).assumingMemoryBound(to: UInt16.self) : nil
  }

  /// Rows and width of a view under the current batch.
  func size(_ handle: Handle) throws -> (rows: Int, width: Int) {
    guard let shape = try view(handle).shape else { throw TensorError(.backend, "an allocation has no rows") }
    return (batch.rows(shape.rows), shape.width)
  }

  /// Elements that the current batch uses of a view.
  func count(_ handle: Handle) throws -> Int {
    let (rows, width) = try size(handle)
    return rows * width
  }

  func product(_ key: MatrixProduct.Key, layout weight: PackedWeight) throws -> MatrixProduct {
    if let known = products[key] { return known }
    let product = try MatrixProduct(key, weight: weight.description, using: library)
    products[key] = product
    return product
  }

  /// Memory that a kernel may use until the next call.
  func scratch(count: Int) throws -> UnsafeMutablePointer<Float> {
    if scratchBuffer.count < count { scratchBuffer = try AlignedBuffer(count: count) }
    return scratchBuffer.pointer
  }

  /// Memory for a matrix product's rows on their way to an epilogue, beside `scratch`.
  func sums(count: Int) throws -> UnsafeMutablePointer<Float> {
    if sumBuffer.count < count { sumBuffer = try AlignedBuffer(count: count) }
    return sumBuffer.pointer
  }

  private func add(_ view: View) -> Handle {
    nextID += 1
    views[nextID] = view
    return Handle(id: nextID)
  }
}

extension CPUStream: TensorMemory {
  func allocate(count: Int) throws -> Handle {
    let buffer = try AlignedBuffer(count: count)
    let handle = add(View(pointer: buffer.pointer, shape: nil))
    allocations[handle.id] = buffer
    return handle
  }

  func release(_ handle: Handle) {
    allocations[handle.id] = nil
    views[handle.id] = nil
  }

  func view(of allocation: Handle, offset: Int, shape: ValueShape) -> Handle {
    guard let whole = views[allocation.id] else { return allocation }
    return add(View(pointer: whole.pointer + offset, shape: shape))
  }

  func drop(_ view: Handle) { views[view.id] = nil }

  func keepForProducts(_ view: Handle) { views[view.id]?.isNarrow = parameters.precision != .f32 }

  func begin(_ batch: PackedBatch) { self.batch = batch }

  func write(_ values: [Float], to handle: Handle, at offset: Int) throws {
    let target = try pointer(handle) + offset
    values.withUnsafeBufferPointer { if let base = $0.baseAddress { target.update(from: base, count: $0.count) } }
  }

  func read(_ handle: Handle, count: Int) throws -> [Float] {
    Array(UnsafeBufferPointer(start: try pointer(handle), count: count))
  }
}
