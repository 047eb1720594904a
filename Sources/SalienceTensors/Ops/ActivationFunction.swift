import Foundation

/// Elementwise nonlinearities that checkpoints name in `hidden_act`.
public enum ActivationFunction: String, Sendable {
  /// x · Φ(x) with the error function.
  case gelu
  /// The tanh approximation of GELU (`gelu_new`, `gelu_pytorch_tanh`).
  case geluTanh = "gelu_new"
  case relu
  case tanh
  case silu
}

/// In float64.
extension ActivationFunction {
  private static let geluTanhCubic = 0.044715
  private static let geluTanhScale = (2 / Double.pi).squareRoot()

  package func value(_ x: Double) -> Double {
    switch self {
    case .gelu: 0.5 * x * (1 + erf(x / 2.squareRoot()))
    case .geluTanh: 0.5 * x * (1 + Foundation.tanh(Self.geluTanhScale * (x + Self.geluTanhCubic * x * x * x)))
    case .relu: max(0, x)
    case .tanh: Foundation.tanh(x)
    case .silu: x / (1 + exp(-x))
    }
  }

  package func slope(_ x: Double) -> Double {
    switch self {
    case .gelu:
      return 0.5 * (1 + erf(x / 2.squareRoot())) + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    case .geluTanh:
      let t = Foundation.tanh(Self.geluTanhScale * (x + Self.geluTanhCubic * x * x * x))
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * Self.geluTanhScale * (1 + 3 * Self.geluTanhCubic * x * x)
    case .relu: return x > 0 ? 1 : 0
    case .tanh: return 1 - Foundation.tanh(x) * Foundation.tanh(x)
    case .silu:
      let s = 1 / (1 + exp(-x))
      return s * (1 + x * (1 - s))
    }
  }
}
