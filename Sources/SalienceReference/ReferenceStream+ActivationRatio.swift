import SalienceTensors

extension ReferenceStream: ActivationRatioKernels {
  public func activationRatio(
    _ gradient: Handle, x: Handle, value: Handle, atZero: Float, output: Handle
  ) throws {
    let (dy, input, result) = (try values(gradient), try values(x), try values(value))
    try store(
      dy.indices.map { dy[$0] * (abs(input[$0]) < 1e-30 ? Double(atZero) : result[$0] / input[$0]) }, to: output)
  }
}
