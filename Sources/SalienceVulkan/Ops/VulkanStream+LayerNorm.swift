import SalienceTensors

extension VulkanStream: LayerNormKernels {
  func layerNorm(
    _ x: Handle, residual: Handle?, gamma: Parameter, beta: Parameter?, epsilon: Float,
    output: Handle, normalized: Handle?, inverseDeviation: Handle?
  ) throws {
    let (_, width, extent) = try size(output)
    let (input, target) = (try range(x), try range(output))
    try recordSharedRows(
      "layer_norm",
      constants: [residual == nil, normalized == nil, inverseDeviation == nil, beta == nil].map { $0 ? 0 : 1 },
      [
        input, residual.map(range) ?? input, parameters.range(gamma), parameters.range(beta ?? gamma), target,
        normalized.map(range) ?? target, inverseDeviation.map(range) ?? target,
      ],
      rows: .all(extent), width: width, more: [Float(width).bitPattern, epsilon.bitPattern],
      elements: elements(x, residual, output, normalized, inverseDeviation) + 2 * width)
  }

  func layerNormGradient(
    _ gradient: Handle, normalized: Handle?, inverseDeviation: Handle, gamma: Parameter, output: Handle
  ) throws {
    let (_, width, extent) = try size(output)
    let dy = try range(gradient)
    try recordSharedRows(
      "layer_norm_backward", constants: [normalized == nil ? 1 : 0],
      [dy, normalized.map(range) ?? dy, range(inverseDeviation), parameters.range(gamma), range(output)],
      rows: .all(extent), width: width, more: [Float(width).bitPattern],
      elements: elements(gradient, normalized, inverseDeviation, output) + width)
  }
}
