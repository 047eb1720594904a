/// How alike two lists of numbers order their elements; in double precision.
package enum RankCorrelation {
  /// Kendall's tau-b, as `scipy.stats.kendalltau`; nil where one list is constant or has fewer than two elements.
  ///
  /// - Precondition: equal counts.
  package static func kendall(_ a: [Double], _ b: [Double]) -> Double? {
    precondition(a.count == b.count, "two lists of one length")
    var (difference, untiedA, untiedB) = (0, 0, 0)
    for i in a.indices {
      for j in a.indices.dropFirst(i + 1) {
        let (x, y) = (sign(a[i], a[j]), sign(b[i], b[j]))
        difference += x * y
        untiedA += x * x
        untiedB += y * y
      }
    }
    guard untiedA > 0, untiedB > 0 else { return nil }
    // The roots' product is rounded, and a perfect agreement is 1.
    if untiedA == untiedB { return Double(difference) / Double(untiedA) }
    return Double(difference) / (Double(untiedA).squareRoot() * Double(untiedB).squareRoot())
  }

  /// Spearman's correlation with ties averaged, as `scipy.stats.spearmanr`; nil where one list is constant or has fewer
  /// than two elements.
  package static func spearman(_ a: [Double], _ b: [Double]) -> Double? {
    let (x, y) = (centred(ranks(a)), centred(ranks(b)))
    let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    let squares = (x.reduce(0) { $0 + $1 * $1 }, y.reduce(0) { $0 + $1 * $1 })
    guard squares.0 > 0, squares.1 > 0 else { return nil }
    return min(1, max(-1, product / (squares.0.squareRoot() * squares.1.squareRoot())))
  }

  /// The positions of the k largest magnitudes; of equal ones the earlier wins.
  package static func largest(_ values: [Double], _ k: Int) -> Set<Int> {
    let order = values.indices.sorted { (-values[$0].magnitude, $0) < (-values[$1].magnitude, $1) }
    return Set(order.prefix(k))
  }

  private static func sign(_ a: Double, _ b: Double) -> Int { a < b ? 1 : a > b ? -1 : 0 }

  private static func centred(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    return values.map { $0 - mean }
  }

  /// Ranks from 1, equal values sharing the mean of theirs.
  package static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for index in order[start..<end] { ranks[index] = Double(start + 1 + end) / 2 }
      start = end
    }
    return ranks
  }
}
