import SalienceKernelsC
import SalienceTensors

extension CPUStream: ActivationMultiplierKernels {
  func activationMultiplier(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, partner: Handle, output: Handle
  ) throws {
    salience_activation_multiplier(
      function.kernelNumber, try pointer(gradient), try pointer(x), try pointer(partner), try count(output),
      try pointer(output))
  }

  func gatedActivationMultiplier(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, partner: Handle, output: Handle
  ) throws {
    let (rows, width) = try size(gradient)
    salience_gated_activation_multiplier(
      function.kernelNumber, try pointer(gradient), try pointer(x), try pointer(partner), rows, width,
      try pointer(output))
  }
}

extension ActivationFunction {
  fileprivate var kernelNumber: salience_activation_function {
    switch self {
    case .gelu: SALIENCE_FUNCTION_GELU
    case .geluTanh: SALIENCE_FUNCTION_GELU_TANH
    case .relu: SALIENCE_FUNCTION_RELU
    case .tanh: SALIENCE_FUNCTION_TANH
    case .silu: SALIENCE_FUNCTION_SILU
    }
  }
}
