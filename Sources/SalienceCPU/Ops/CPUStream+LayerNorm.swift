import SalienceKernelsC
import SalienceTensors

extension CPUStream: LayerNormKernels {
  func layerNorm(
    _ x: Handle, residual: Handle?, gamma: Parameter, beta: Parameter?, epsilon: Float,
    output: Handle, normalized: Handle?, inverseDeviation: Handle?
  ) throws {
    let (rows, width) = try size(output)
    salience_layer_norm(
      try pointer(x), try residual.map(pointer), try parameters.values(gamma), try beta.map(parameters.values), epsilon,
      rows, width, try pointer(output), try normalized.map(pointer), try inverseDeviation.map(pointer))
  }

  func layerNormGradient(
    _ gradient: Handle, normalized: Handle?, inverseDeviation: Handle, gamma: Parameter, output: Handle
  ) throws {
    let (rows, width) = try size(output)
    salience_layer_norm_backward(
      try pointer(gradient), try normalized.map(pointer), try pointer(inverseDeviation), try parameters.values(gamma),
      rows, width, try pointer(output))
  }
}
