import SalienceKernelsC
import SalienceTensors

extension CPUStream: AttentionMultiplierKernels {
  func attentionMultiplier(
    _ gradient: Handle, qkv: Handle, partner: Handle, logSumExp: Handle, partnerLogSumExp: Handle, heads: Int,
    scale: Float, window: AttentionWindow, positions: RelativePositions?, output: Handle
  ) throws {
    let (width, headSize) = (try size(gradient).width, try size(gradient).width / heads)
    let window = kernelWindow(window)
    let (dy, input, other, result) = (
      try pointer(gradient), try pointer(qkv), try pointer(partner), try pointer(output)
    )
    let (logs, otherLogs) = (try pointer(logSumExp), try pointer(partnerLogSumExp))
    let (keys, queries) = try positions.map { try rows(of: $0, width: width) } ?? (nil, nil)
    for (start, length) in zip(batch.offsets, batch.lengths) {
      let (first, ofLogs) = (start * 3 * width, start * heads)
      let scratch = try scratch(count: salience_attention_multiplier_scratch(length, headSize))
      salience_attention_multiplier(
        input + first, other + first, keys, queries, logs + ofLogs, otherLogs + ofLogs, dy + start * width, length,
        heads, headSize, scale, window, result + first, scratch)
    }
  }
}
