import SalienceTensors

extension ReferenceStream: ActivationKernels {
  public func activation(
    _ function: ActivationFunction, _ x: Handle, output: Handle, derivative: Handle?
  ) throws {
    let input = try values(x)
    try store(input.map(function.value), to: output)
    if let derivative { try store(input.map(function.slope), to: derivative) }
  }

  public func activationRatio(
    _ gradient: Handle, x: Handle, value: Handle, atZero: Float, output: Handle
  ) throws {
    let (dy, input, result) = (try values(gradient), try values(x), try values(value))
    try store(
      dy.indices.map { dy[$0] * (abs(input[$0]) < 1e-30 ? Double(atZero) : result[$0] / input[$0]) }, to: output)
  }
}
