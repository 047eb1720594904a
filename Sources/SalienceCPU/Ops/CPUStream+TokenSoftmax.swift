import SalienceKernelsC
import SalienceTensors

extension CPUStream: TokenSoftmaxKernels {
  func tokenSoftmax(_ x: Handle, output: Handle) throws {
    let width = try size(output).width
    let (input, target) = (try pointer(x), try pointer(output))
    batch.candidates.withUnsafeBufferPointer { candidates in
      guard let flags = candidates.baseAddress else { return }
      for (start, length) in zip(batch.offsets, batch.lengths) {
        salience_token_softmax(input + start * width, flags + start, length, width, target + start * width)
      }
    }
  }

  func tokenSoftmaxGradient(_ gradient: Handle, probabilities: Handle, output: Handle) throws {
    let width = try size(output).width
    let (dy, y, dx) = (try pointer(gradient), try pointer(probabilities), try pointer(output))
    for (start, length) in zip(batch.offsets, batch.lengths) {
      let first = start * width
      salience_token_softmax_backward(dy + first, y + first, length, width, dx + first)
    }
  }
}
