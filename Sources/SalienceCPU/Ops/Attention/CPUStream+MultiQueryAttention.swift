import SalienceKernelsC
import SalienceTensors

extension CPUStream: MultiQueryAttentionKernels {
  func multiQueryAttention(
    _ queries: Handle, rows: Handle, heads: Int, scale: Float, window: AttentionWindow, output: Handle,
    probabilities: Handle?
  ) throws {
    let width = try size(rows).width
    let (u, x, target) = (try pointer(queries), try pointer(rows), try pointer(output))
    let saved = try probabilities.map(pointer) ?? scratch(count: batch.tokenCount * heads)
    for (sequence, (start, length)) in zip(batch.offsets, batch.lengths).enumerated() {
      let (seen, own) = (window.keys(ofQuery: batch.selectedRows[sequence] - start, length: length), sequence * heads)
      salience_attention_multi_query(
        u + own * width, x + start * width, length, heads, width, scale, seen.lowerBound, seen.upperBound,
        target + own * width, saved + start * heads)
    }
  }

  func multiQueryAttentionGradient(
    _ gradient: Handle, queries: Handle, rows: Handle, probabilities: Handle, heads: Int, scale: Float,
    window: AttentionWindow, queryGradient: Handle?, rowGradient: Handle?
  ) throws {
    guard let rowGradient else { throw TensorError(.backend, "nobody reads the gradient of the rows") }
    let width = try size(rows).width
    let (u, x, saved) = (try pointer(queries), try pointer(rows), try pointer(probabilities))
    let (dy, du, dx) = (try pointer(gradient), try queryGradient.map(pointer), try pointer(rowGradient))
    let slopes = try scratch(count: (batch.lengths.max() ?? 0) * heads)
    for (sequence, (start, length)) in zip(batch.offsets, batch.lengths).enumerated() {
      let (seen, own) = (window.keys(ofQuery: batch.selectedRows[sequence] - start, length: length), sequence * heads)
      salience_attention_multi_query_backward(
        u + own * width, x + start * width, saved + start * heads, dy + own * width, length, heads, width, scale,
        seen.lowerBound, seen.upperBound, du.map { $0 + own * width }, dx + start * width, slopes)
    }
  }
}
