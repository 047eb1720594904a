/// How an example's token scores are scaled for reading.
public enum Normalization: String, Sendable, CaseIterable {
  /// v / ‖v‖₂ (Captum's BERT tutorial).
  case l2
  /// v / Frobenius norm of the attribution before it was summed over the hidden dimension.
  case l2Full = "l2-full"
  /// v / Σ v.
  case sum
  /// |v| / Σ |v| (AllenNLP).
  case l1
  /// v / Σ |v| (ferret).
  case l1Signed = "l1-signed"
  case none

  /// Divisors below this share of Σ |v| say nothing about scale, so scores are left at 0 then.
  private static let smallest = 1e-12

  /// - Parameters:
  ///   - scores: v, one per token.
  ///   - fullNorm: the Frobenius norm before summing.
  public func apply(to scores: [Double], fullNorm: Double) -> [Double] {
    let absolute = scores.reduce(0) { $0 + abs($1) }
    let divisor: Double
    switch self {
    case .none: return scores
    case .l2: divisor = scores.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .l2Full: divisor = fullNorm
    case .sum: divisor = scores.reduce(0, +)
    case .l1, .l1Signed: divisor = absolute
    }
    guard abs(divisor) > Self.smallest * absolute else { return scores.map { _ in 0 } }
    return scores.map { (self == .l1 ? abs($0) : $0) / divisor }
  }
}
