import SalienceKernelsC
import SalienceTensors

extension CPUStream: ActivationKernels {
  func activation(_ function: ActivationFunction, _ x: Handle, output: Handle, derivative: Handle?) throws {
    Self.activate(
      function, try pointer(x), count: try count(output), output: try pointer(output),
      derivative: try derivative.map(pointer))
  }

  /// y = f(x) and f'(x), [count] each; y may be x.
  static func activate(
    _ function: ActivationFunction, _ input: UnsafePointer<Float>, count: Int, output y: UnsafeMutablePointer<Float>,
    derivative slope: UnsafeMutablePointer<Float>?
  ) {
    switch function {
    case .gelu: salience_gelu(input, count, y, slope)
    case .geluTanh: salience_gelu_tanh(input, count, y, slope)
    case .relu: salience_relu(input, count, y, slope)
    case .tanh: salience_tanh(input, count, y, slope)
    case .silu: salience_silu(input, count, y, slope)
    }
  }

  func activationRatio(_ gradient: Handle, x: Handle, value: Handle, atZero: Float, output: Handle) throws {
    salience_activation_ratio(
      try pointer(gradient), try pointer(x), try pointer(value), atZero, try count(output), try pointer(output))
  }
}
