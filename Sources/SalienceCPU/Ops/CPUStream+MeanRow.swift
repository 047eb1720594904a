import SalienceKernelsC
import SalienceTensors

extension CPUStream: MeanRowKernels {
  func meanRow(_ x: Handle, output: Handle) throws {
    let width = try size(output).width
    let (input, target) = (try pointer(x), try pointer(output))
    for (sequence, (start, length)) in zip(batch.offsets, batch.lengths).enumerated() {
      salience_mean_row(input + start * width, length, width, target + sequence * width)
    }
  }

  func meanRowGradient(_ gradient: Handle, output: Handle) throws {
    let width = try size(output).width
    let (dy, target) = (try pointer(gradient), try pointer(output))
    for (sequence, (start, length)) in zip(batch.offsets, batch.lengths).enumerated() {
      salience_mean_row_backward(dy + sequence * width, length, width, target + start * width)
    }
  }
}
