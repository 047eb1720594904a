import COneDNN
import SalienceTensors

/// One matrix product of oneDNN for a fixed number of rows: dst = src · weight + bias.
final class MatrixProduct {
  struct Key: Hashable {
    let rows: Int
    let inner: Int
    let outer: Int
    let bias: Bool
    /// Of both factors; all else is float32.
    let precision: Precision
  }

  private let primitive: dnnl_primitive_t
  private let library: OneDNN
  private let source, weight, destination: dnnl_memory_t
  private let bias: dnnl_memory_t?
  private let scratchpad: dnnl_memory_t
  private let scratch: AlignedBuffer

  init(_ key: Key, weight layout: dnnl_memory_desc_t, using library: OneDNN) throws {
    self.library = library
    let description = try Self.describe(key, weight: layout, using: library)
    defer { dnnl_primitive_desc_destroy(description) }
    var primitive: dnnl_primitive_t?
    try OneDNN.check(dnnl_primitive_create(&primitive, description), "matrix product")
    guard let primitive else { throw TensorError(.backend, "oneDNN gave no matrix product") }
    self.primitive = primitive
    source = try library.memory(OneDNN.matrix(key.rows, key.inner, key.precision), nil)
    weight = try library.memory(layout, nil)
    destination = try library.memory(OneDNN.matrix(key.rows, key.outer), nil)
    bias = key.bias ? try library.memory(OneDNN.matrix(1, key.outer), nil) : nil
    guard let wanted = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0) else {
      throw TensorError(.backend, "oneDNN does not say how much scratch memory it wants")
    }
    scratch = try AlignedBuffer(count: (dnnl_memory_desc_get_size(wanted) + 3) / 4)
    scratchpad = try library.memory(wanted.pointee, UnsafeMutableRawPointer(scratch.pointer))
  }

  deinit {
    for memory in [source, weight, destination, bias, scratchpad] { dnnl_memory_destroy(memory) }
    dnnl_primitive_destroy(primitive)
  }

  /// - Parameter x: float32, or what the key's precision says.
  func run(
    _ x: UnsafeMutableRawPointer, weight packed: PackedWeight, bias shift: UnsafeMutablePointer<Float>?,
    output: UnsafeMutablePointer<Float>
  ) throws {
    dnnl_memory_set_data_handle(source, x)
    dnnl_memory_set_data_handle(weight, packed.buffer.pointer)
    dnnl_memory_set_data_handle(destination, output)
    var arguments = [
      dnnl_exec_arg_t(arg: DNNL_ARG_SRC, memory: source), dnnl_exec_arg_t(arg: DNNL_ARG_WEIGHTS, memory: weight),
      dnnl_exec_arg_t(arg: DNNL_ARG_DST, memory: destination),
      dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: scratchpad),
    ]
    if let bias, let shift {
      dnnl_memory_set_data_handle(bias, shift)
      arguments.append(dnnl_exec_arg_t(arg: DNNL_ARG_BIAS, memory: bias))
    }
    try library.execute(primitive, arguments)
  }

  /// The layout that oneDNN chooses for a weight [inner x outer].
  static func weightLayout(
    rows: Int, inner: Int, outer: Int, precision: Precision, using library: OneDNN
  ) throws -> dnnl_memory_desc_t {
    let key = Key(rows: rows, inner: inner, outer: outer, bias: false, precision: precision)
    let description = try describe(key, weight: OneDNN.anyMatrix(inner, outer, precision), using: library)
    defer { dnnl_primitive_desc_destroy(description) }
    guard let layout = dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0) else {
      throw TensorError(.backend, "oneDNN does not say how it wants its weights")
    }
    return layout.pointee
  }

  private static func describe(
    _ key: Key, weight: dnnl_memory_desc_t, using library: OneDNN
  ) throws -> dnnl_primitive_desc_t {
    var source = try OneDNN.matrix(key.rows, key.inner, key.precision)
    var (weight, destination) = (weight, try OneDNN.matrix(key.rows, key.outer))
    var bias = try OneDNN.matrix(1, key.outer)
    var product = dnnl_matmul_desc_t()
    let status =
      key.bias
      ? dnnl_matmul_desc_init(&product, &source, &weight, &bias, &destination)
      : dnnl_matmul_desc_init(&product, &source, &weight, nil, &destination)
    try OneDNN.check(status, "matrix product description")
    var attributes: dnnl_primitive_attr_t?
    try OneDNN.check(dnnl_primitive_attr_create(&attributes), "attributes")
    defer { dnnl_primitive_attr_destroy(attributes) }
    try OneDNN.check(dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "scratchpad mode")
    var description: dnnl_primitive_desc_t?
    try OneDNN.check(
      dnnl_primitive_desc_create(&description, &product, attributes, library.engine, nil), "matrix product")
    guard let description else { throw TensorError(.backend, "oneDNN gave no matrix product") }
    return description
  }
}
