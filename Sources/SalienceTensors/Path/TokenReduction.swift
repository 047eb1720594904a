/// Which elements of a gradient's sum along a path are summed into a token's score.
public enum TokenReduction: String, Sendable, Hashable, CaseIterable {
  /// (x - x') g: an attribution, as integrated gradients have it.
  case product
  /// g: the gradient itself.
  case gradient
  /// |g|.
  case absolute

  /// Whether the ends of the path are factors.
  public var readsEnds: Bool { self == .product }

  /// Matrices that it reads.
  package var operandCount: Int { readsEnds ? 3 : 1 }
}
