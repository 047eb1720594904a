import SalienceKernelsC
import SalienceTensors

extension CPUStream: LogSoftmaxKernels {
  func logSoftmax(_ x: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    salience_log_softmax(try pointer(x), rows, width, try pointer(output))
  }

  func logSoftmaxGradient(_ gradient: Handle, logarithms: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    salience_log_softmax_backward(try pointer(gradient), try pointer(logarithms), rows, width, try pointer(output))
  }
}
