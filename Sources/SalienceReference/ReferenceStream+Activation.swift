import SalienceTensors

extension ReferenceStream: ActivationKernels {
  public func activation(
    _ function: ActivationFunction, _ x: Handle, output: Handle, derivative: Handle?
  ) throws {
    let input = try values(x)
    try store(input.map(function.value), to: output)
    if let derivative { try store(input.map(function.slope), to: derivative) }
  }
}
