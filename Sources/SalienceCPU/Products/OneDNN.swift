import COneDNN
import SalienceTensors

/// The oneDNN engine and a stream of it for one thread.
final class OneDNN {
  let engine: dnnl_engine_t
  let stream: dnnl_stream_t

  init() throws {
    var engine: dnnl_engine_t?
    try Self.check(dnnl_engine_create(&engine, dnnl_cpu, 0), "engine")
    var stream: dnnl_stream_t?
    try Self.check(dnnl_stream_create(&stream, engine, UInt32(dnnl_stream_default_flags.rawValue)), "stream")
    guard let engine, let stream else { throw TensorError(.backend, "oneDNN gave no CPU engine") }
    self.engine = engine
    self.stream = stream
  }

  deinit {
    dnnl_stream_destroy(stream)
    dnnl_engine_destroy(engine)
  }

  static func check(_ status: dnnl_status_t, _ what: String) throws {
    guard status == dnnl_success else {
      throw TensorError(.backend, "oneDNN \(what) failed with status \(status.rawValue)")
    }
  }

  /// Describes a matrix [rows x columns]; `transposed` when it is stored columns first.
  static func matrix(
    _ rows: Int, _ columns: Int, transposed: Bool = false, _ precision: Precision = .f32
  ) throws -> dnnl_memory_desc_t {
    try describe([rows, columns], transposed ? dnnl_ba : dnnl_ab, precision)
  }

  /// A matrix whose layout oneDNN may choose.
  static func anyMatrix(_ rows: Int, _ columns: Int, _ precision: Precision) throws -> dnnl_memory_desc_t {
    try describe([rows, columns], dnnl_format_tag_any, precision)
  }

  private static func describe(
    _ sizes: [Int], _ tag: dnnl_format_tag_t, _ precision: Precision
  ) throws -> dnnl_memory_desc_t {
    var description = dnnl_memory_desc_t()
    let dimensions = sizes.map { dnnl_dim_t($0) }
    let type =
      switch precision {
      case .f32: dnnl_f32
      case .bf16: dnnl_bf16
      case .f16: dnnl_f16
      }
    try check(dnnl_memory_desc_init_by_tag(&description, 2, dimensions, type, tag), "memory description")
    return description
  }

  func memory(_ description: dnnl_memory_desc_t, _ data: UnsafeMutableRawPointer?) throws -> dnnl_memory_t {
    var (memory, description): (dnnl_memory_t?, dnnl_memory_desc_t) = (nil, description)
    try Self.check(dnnl_memory_create(&memory, &description, engine, data), "memory")
    guard let memory else { throw TensorError(.backend, "oneDNN gave no memory") }
    return memory
  }

  func execute(_ primitive: dnnl_primitive_t, _ arguments: [dnnl_exec_arg_t]) throws {
    try Self.check(dnnl_primitive_execute(primitive, stream, Int32(arguments.count), arguments), "execution")
    try Self.check(dnnl_stream_wait(stream), "wait")
  }
}
