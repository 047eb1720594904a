import SalienceKernelsC
import SalienceTensors

extension CPUStream: ActivationRatioKernels {
  func activationRatio(_ gradient: Handle, x: Handle, value: Handle, atZero: Float, output: Handle) throws {
    salience_activation_ratio(
      try pointer(gradient), try pointer(x), try pointer(value), atZero, try count(output), try pointer(output))
  }
}
