/// Type of the operands of matrix products with weights.
///
/// Everything else is float32 whatever the precision: accumulation, biases, the residual stream, layer norm, softmax
/// and the sums along a path.
public enum Precision: String, Sendable, Hashable, CaseIterable {
  case f32, bf16, f16

  /// Normalised mean squared error against float64 that an op stays under.
  public var tolerance: Double {
    switch self {
    case .f32: 1e-11
    case .f16: 1e-5
    case .bf16: 1e-4
    }
  }

  /// Bytes an operand takes.
  public var size: Int { self == .f32 ? 4 : 2 }

  /// What a device with these precisions computes in where this one is asked for: f32 in place of one it lacks.
  public func available(in precisions: [Precision]) -> Precision { precisions.contains(self) ? self : .f32 }
}
