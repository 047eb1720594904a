import SalienceKernelsC
import SalienceTensors

extension CPUStream: SigmoidKernels {
  func sigmoid(_ x: Handle, output: Handle, derivative: Handle?) throws {
    salience_sigmoid(try pointer(x), try count(output), try pointer(output), try derivative.map(pointer))
  }
}
