import SalienceAttribution

/// How alike two attributions of the same tokens are; computed in double precision.
public struct Similarity: Sendable, Equatable {
  /// Cosine of the angle between the two, in -1...1; nil where one of them is all zeros or there is no token.
  public let cosine: Double?
  /// Spearman's rank correlation with ties averaged, as `scipy.stats.spearmanr`; nil where one of them is constant.
  public let spearman: Double?
  /// Intersection over union of the k positions with the largest magnitudes; nil where there is no token.
  public let topKJaccard: Double?

  /// - Parameters:
  ///   - first: T scores; `second` has as many.
  ///   - k: positions taken from each; all of them where there are fewer. Of equal magnitudes the earlier wins.
  /// - Precondition: equal counts and k > 0.
  public init(_ first: [Float], _ second: [Float], k: Int = 5) {
    precondition(first.count == second.count && k > 0, "two attributions of the same tokens, and k above 0")
    let a = first.map { Double($0) }
    let b = second.map { Double($0) }
    cosine = Self.cosine(a, b)
    spearman = RankCorrelation.spearman(a, b)
    topKJaccard = Self.jaccard(RankCorrelation.largest(a, k), RankCorrelation.largest(b, k))
  }

  private static func cosine(_ a: [Double], _ b: [Double]) -> Double? {
    var product = 0.0
    var squareA = 0.0
    var squareB = 0.0
    for (x, y) in zip(a, b) {
      product += x * y
      squareA += x * x
      squareB += y * y
    }
    guard squareA > 0, squareB > 0 else { return nil }
    return min(1, max(-1, product / (squareA.squareRoot() * squareB.squareRoot())))
  }

  private static func jaccard(_ a: Set<Int>, _ b: Set<Int>) -> Double? {
    let union = a.union(b).count
    return union == 0 ? nil : Double(a.intersection(b).count) / Double(union)
  }
}
