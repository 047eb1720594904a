import SalienceKernelsC
import SalienceTensors

extension CPUStream: ElementwiseKernels {
  func add(_ a: Handle, _ b: Handle, output: Handle) throws {
    salience_add(try pointer(a), try pointer(b), try count(output), try pointer(output))
  }

  func multiply(_ a: Handle, _ b: Handle, output: Handle) throws {
    salience_multiply(try pointer(a), try pointer(b), try count(output), try pointer(output))
  }
}
