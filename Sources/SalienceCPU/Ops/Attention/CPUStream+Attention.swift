import SalienceKernelsC
import SalienceTensors

extension CPUStream: AttentionKernels {
  func attention(
    _ qkv: Handle, heads: Int, scale: Float, window: AttentionWindow, context: Handle, logSumExp: Handle?
  ) throws {
    let (width, headSize) = (try size(context).width, try size(context).width / heads)
    let (input, output, logs) = (try pointer(qkv), try pointer(context), try logSumExp.map(pointer))
    for (start, length) in zip(batch.offsets, batch.lengths) {
      let scratch = try scratch(count: salience_attention_scratch(length, headSize))
      salience_attention(
        input + start * 3 * width, length, heads, headSize, scale, kernelWindow(window), output + start * width,
        logs.map { $0 + start * heads }, scratch)
    }
  }

  func attentionGradient(
    _ gradient: Handle, qkv: Handle, context: Handle, logSumExp: Handle, heads: Int, scale: Float,
    window: AttentionWindow, output: Handle
  ) throws {
    let (width, headSize) = (try size(context).width, try size(context).width / heads)
    let (input, forward, logs) = (try pointer(qkv), try pointer(context), try pointer(logSumExp))
    let (dy, narrow) = (try pointer(gradient), try narrowPointer(output))
    let target = try narrow == nil ? pointer(output) : nil
    for (start, length) in zip(batch.offsets, batch.lengths) {
      let (first, count) = (start * 3 * width, length * 3 * width)
      let scratch = try scratch(count: salience_attention_scratch(length, headSize))
      let result = try target.map { $0 + first } ?? sums(count: count)
      salience_attention_backward(
        input + first, forward + start * width, logs + start * heads, dy + start * width, length, heads,
        headSize, scale, kernelWindow(window), result, scratch)
      if let narrow { salience_narrow_bf16(result, count, narrow + first) }
    }
  }

  func selectedRowAttention(
    _ query: Handle, keysValues: Handle, heads: Int, scale: Float, window: AttentionWindow, context: Handle,
    probabilities: Handle?
  ) throws {
    let (width, headSize) = (try size(context).width, try size(context).width / heads)
    let (q, kv, output) = (try pointer(query), try pointer(keysValues), try pointer(context))
    let saved = try probabilities.map(pointer) ?? scratch(count: batch.tokenCount * heads)
    for (sequence, (start, length)) in zip(batch.offsets, batch.lengths).enumerated() {
      let seen = window.keys(ofQuery: batch.selectedRows[sequence] - start, length: length)
      salience_attention_selected(
        q + sequence * width, kv + start * 2 * width, length, heads, headSize, scale, seen.lowerBound,
        seen.upperBound, output + sequence * width, saved + start * heads)
    }
  }

  func selectedRowAttentionGradient(
    _ gradient: Handle, query: Handle, keysValues: Handle, probabilities: Handle, heads: Int, scale: Float,
    window: AttentionWindow, queryGradient: Handle?, keysValuesGradient: Handle?
  ) throws {
    let (width, headSize) = (try size(query).width, try size(query).width / heads)
    let (q, kv, saved) = (try pointer(query), try pointer(keysValues), try pointer(probabilities))
    let dy = try pointer(gradient)
    let dq = try queryGradient.map(pointer) ?? scratch(count: batch.sequenceCount * width)
    guard let keysValuesGradient else { throw TensorError(.backend, "nobody reads the gradient of K and V") }
    let dkv = try pointer(keysValuesGradient)
    for (sequence, (start, length)) in zip(batch.offsets, batch.lengths).enumerated() {
      let seen = window.keys(ofQuery: batch.selectedRows[sequence] - start, length: length)
      salience_attention_selected_backward(
        q + sequence * width, kv + start * 2 * width, saved + start * heads, dy + sequence * width, length, heads,
        headSize, scale, seen.lowerBound, seen.upperBound, dq + sequence * width, dkv + start * 2 * width)
    }
  }

  /// A window as the kernels take it.
  func kernelWindow(_ window: AttentionWindow) -> salience_attention_window {
    salience_attention_window(before: window.before ?? batch.tokenCount, after: window.after ?? batch.tokenCount)
  }
}
