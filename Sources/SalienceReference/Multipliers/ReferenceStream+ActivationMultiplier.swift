import SalienceTensors

extension ReferenceStream: ActivationMultiplierKernels {
  public func activationMultiplier(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, partner: Handle, output: Handle
  ) throws {
    let (dy, input, other) = (try values(gradient), try values(x), try values(partner))
    try store(dy.indices.map { dy[$0] * slope(function, input[$0], other[$0]) }, to: output)
  }

  public func gatedActivationMultiplier(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, partner: Handle, output: Handle
  ) throws {
    let (rows, width) = try size(gradient)
    let (dy, input, other) = (try values(gradient), try values(x), try values(partner))
    var result = input
    for row in 0..<rows {
      for column in 0..<width {
        let (a, b) = (row * 2 * width + column, row * 2 * width + width + column)
        let given = dy[row * width + column]
        result[a] = given * (input[b] + other[b]) / 2 * slope(function, input[a], other[a])
        result[b] = given * (function.value(input[a]) + function.value(other[a])) / 2
      }
    }
    try store(result, to: output)
  }

  /// (f(x) - f(z)) / (x - z); f's own slope in the middle where they are so close that the quotient has fewer digits.
  private func slope(_ function: ActivationFunction, _ x: Double, _ z: Double) -> Double {
    let isNear = function == .relu ? x == z : abs(x - z) < 1e-5
    return isNear ? function.slope((x + z) / 2) : (function.value(x) - function.value(z)) / (x - z)
  }
}
