import SalienceKernelsC
import SalienceTensors

extension CPUStream: DisentangledAttentionKernels {
  func disentangledAttention(
    _ qkv: Handle, positions: RelativePositions, heads: Int, scale: Float, context: Handle, logSumExp: Handle?
  ) throws {
    let (width, headSize) = (try size(context).width, try size(context).width / heads)
    let (input, output, logs) = (try pointer(qkv), try pointer(context), try logSumExp.map(pointer))
    let (keys, queries) = try rows(of: positions, width: width)
    for (start, length) in zip(batch.offsets, batch.lengths) {
      let scratch = try scratch(count: salience_attention_disentangled_scratch(length, headSize))
      salience_attention_disentangled(
        input + start * 3 * width, keys, queries, length, heads, headSize, scale, output + start * width,
        logs.map { $0 + start * heads }, scratch)
    }
  }

  func disentangledAttentionGradient(
    _ gradient: Handle, qkv: Handle, context: Handle, logSumExp: Handle, positions: RelativePositions, heads: Int,
    scale: Float, tableFactor: Float, output: Handle
  ) throws {
    let (width, headSize) = (try size(context).width, try size(context).width / heads)
    let (input, forward, logs) = (try pointer(qkv), try pointer(context), try pointer(logSumExp))
    let (dy, result) = (try pointer(gradient), try pointer(output))
    let (keys, queries) = try rows(of: positions, width: width)
    for (start, length) in zip(batch.offsets, batch.lengths) {
      let scratch = try scratch(count: salience_attention_disentangled_scratch(length, headSize))
      salience_attention_disentangled_backward(
        input + start * 3 * width, keys, queries, forward + start * width, logs + start * heads, dy + start * width,
        length, heads, headSize, scale, tableFactor, result + start * 3 * width, scratch)
    }
  }

  /// The tables' rows of offset 0.
  func rows(
    of positions: RelativePositions, width: Int
  ) throws -> (keys: UnsafePointer<Float>?, queries: UnsafePointer<Float>?) {
    try positions.check(batch)
    let center = (positions.longest - 1) * width
    let row = { [parameters] (table: Parameter) in UnsafePointer(try parameters.values(table) + center) }
    return (try positions.keys.map(row), try positions.queries.map(row))
  }
}
