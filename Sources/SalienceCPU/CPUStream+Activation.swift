import SalienceKernelsC
import SalienceTensors

extension CPUStream: ActivationKernels {
  func activation(_ function: ActivationFunction, _ x: Handle, output: Handle, derivative: Handle?) throws {
    let (input, y, slope) = (try pointer(x), try pointer(output), try derivative.map(pointer))
    let count = try count(output)
    switch function {
    case .gelu: salience_gelu(input, count, y, slope)
    case .geluTanh: salience_gelu_tanh(input, count, y, slope)
    case .relu: salience_relu(input, count, y, slope)
    case .tanh: salience_tanh(input, count, y, slope)
    case .silu: salience_silu(input, count, y, slope)
    }
  }
}
