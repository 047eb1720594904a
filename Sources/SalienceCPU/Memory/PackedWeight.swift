import COneDNN
import SalienceTensors

/// A weight reordered once into the layout that oneDNN's matrix product reads fastest.
final class PackedWeight: @unchecked Sendable {
  // Unchecked: immutable after init.

  /// Which product the weight is packed for: x · Wᵀ forward, dy · W backward.
  enum Direction: Hashable { case forward, backward }

  /// K and N of the product [M x K] · [K x N].
  let inner: Int
  let outer: Int
  let precision: Precision
  let description: dnnl_memory_desc_t
  let buffer: AlignedBuffer

  /// - Parameters:
  ///   - weight: [out x in], row-major.
  ///   - precision: to which the weight is rounded, ties to even.
  init(
    _ weight: UnsafeMutablePointer<Float>, shape: [Int], direction: Direction, precision: Precision,
    using library: OneDNN
  ) throws {
    let (rows, columns) = (shape[0], shape[1])
    inner = direction == .forward ? columns : rows
    outer = direction == .forward ? rows : columns
    self.precision = precision
    // The layout does not depend on the number of rows; this one only has to be typical.
    description = try MatrixProduct.weightLayout(
      rows: 512, inner: inner, outer: outer, precision: precision, using: library)
    var packed = description
    let bytes = dnnl_memory_desc_get_size(&packed)
    buffer = try AlignedBuffer(count: (bytes + 3) / 4)
    let source = try library.memory(
      OneDNN.matrix(inner, outer, transposed: direction == .forward), UnsafeMutableRawPointer(weight))
    defer { dnnl_memory_destroy(source) }
    let target = try library.memory(description, UnsafeMutableRawPointer(buffer.pointer))
    defer { dnnl_memory_destroy(target) }
    var from = try OneDNN.matrix(inner, outer, transposed: direction == .forward)
    var reorder: dnnl_primitive_desc_t?
    try OneDNN.check(
      dnnl_reorder_primitive_desc_create(&reorder, &from, library.engine, &packed, library.engine, nil), "reorder")
    defer { dnnl_primitive_desc_destroy(reorder) }
    var primitive: dnnl_primitive_t?
    try OneDNN.check(dnnl_primitive_create(&primitive, reorder), "reorder")
    guard let primitive else { throw TensorError(.backend, "oneDNN gave no reorder") }
    defer { dnnl_primitive_destroy(primitive) }
    try library.execute(
      primitive,
      [
        dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: source), dnnl_exec_arg_t(arg: DNNL_ARG_DST, memory: target),
      ])
  }
}
