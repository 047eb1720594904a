import Foundation

extension ReferenceStream: ActivationKernels {
  public func activation(
    _ function: ActivationFunction, _ x: Handle, output: Handle, derivative: Handle?
  ) throws {
    let input = try values(x)
    try store(input.map { Self.value(function, $0) }, to: output)
    if let derivative { try store(input.map { Self.slope(function, $0) }, to: derivative) }
  }

  private static let geluTanhCubic = 0.044715
  private static let geluTanhScale = (2 / Double.pi).squareRoot()

  private static func value(_ function: ActivationFunction, _ x: Double) -> Double {
    switch function {
    case .gelu: 0.5 * x * (1 + erf(x / 2.squareRoot()))
    case .geluTanh: 0.5 * x * (1 + tanh(geluTanhScale * (x + geluTanhCubic * x * x * x)))
    case .relu: max(0, x)
    case .tanh: tanh(x)
    case .silu: x / (1 + exp(-x))
    }
  }

  private static func slope(_ function: ActivationFunction, _ x: Double) -> Double {
    switch function {
    case .gelu:
      return 0.5 * (1 + erf(x / 2.squareRoot())) + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    case .geluTanh:
      let t = tanh(geluTanhScale * (x + geluTanhCubic * x * x * x))
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * geluTanhScale * (1 + 3 * geluTanhCubic * x * x)
    case .relu: return x > 0 ? 1 : 0
    case .tanh: return 1 - tanh(x) * tanh(x)
    case .silu:
      let s = 1 / (1 + exp(-x))
      return s * (1 + x * (1 - s))
    }
  }
}
