import SalienceKernelsC
import SalienceTensors

extension CPUStream: GatedActivationKernels {
  func gatedActivation(_ function: ActivationFunction, _ x: Handle, output: Handle) throws {
    let ((rows, width), input, y) = (try size(output), try pointer(x), try pointer(output))
    switch function {
    case .gelu: salience_gated_gelu(input, rows, width, y)
    case .geluTanh: salience_gated_gelu_tanh(input, rows, width, y)
    case .relu: salience_gated_relu(input, rows, width, y)
    case .tanh: salience_gated_tanh(input, rows, width, y)
    case .silu: salience_gated_silu(input, rows, width, y)
    }
  }

  func gatedActivationGradient(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, isShared: Bool, output: Handle
  ) throws {
    let (rows, width) = try size(gradient)
    let (dy, input, dx) = (try pointer(gradient), try pointer(x), try pointer(output))
    let shared: Int32 = isShared ? 1 : 0
    switch function {
    case .gelu: salience_gated_gelu_backward(shared, dy, input, rows, width, dx)
    case .geluTanh: salience_gated_gelu_tanh_backward(shared, dy, input, rows, width, dx)
    case .relu: salience_gated_relu_backward(shared, dy, input, rows, width, dx)
    case .tanh: salience_gated_tanh_backward(shared, dy, input, rows, width, dx)
    case .silu: salience_gated_silu_backward(shared, dy, input, rows, width, dx)
    }
  }
}
