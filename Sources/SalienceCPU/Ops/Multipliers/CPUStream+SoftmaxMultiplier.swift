import SalienceKernelsC
import SalienceTensors

extension CPUStream: SoftmaxMultiplierKernels {
  func softmaxMultiplier(_ gradient: Handle, x: Handle, partner: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    salience_softmax_multiplier(
      try pointer(gradient), try pointer(x), try pointer(partner), rows, width, try pointer(output))
  }

  func tokenSoftmaxMultiplier(_ gradient: Handle, x: Handle, partner: Handle, output: Handle) throws {
    let width = try size(output).width
    let (dy, input, other, dx) = (try pointer(gradient), try pointer(x), try pointer(partner), try pointer(output))
    batch.candidates.withUnsafeBufferPointer { candidates in
      guard let flags = candidates.baseAddress else { return }
      for (start, length) in zip(batch.offsets, batch.lengths) {
        let first = start * width
        salience_token_softmax_multiplier(
          dy + first, input + first, other + first, flags + start, length, width, dx + first)
      }
    }
  }
}
