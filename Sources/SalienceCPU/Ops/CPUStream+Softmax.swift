import SalienceKernelsC
import SalienceTensors

extension CPUStream: SoftmaxKernels {
  func softmax(_ x: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    salience_softmax(try pointer(x), rows, width, try pointer(output))
  }

  func softmaxGradient(_ gradient: Handle, probabilities: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    salience_softmax_backward(try pointer(gradient), try pointer(probabilities), rows, width, try pointer(output))
  }
}
