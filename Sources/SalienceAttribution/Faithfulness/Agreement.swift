/// How far two methods explain the same output alike.
enum Agreement {
  /// Adds to each explanation how it agrees with those of later methods about the same output; special tokens do not
  /// count.
  ///
  /// - Parameter special: one flag per token of the example.
  static func measure(_ explanations: inout [Explanation], special: [Bool], _ faithfulness: Faithfulness) {
    guard faithfulness.has(.agreementTau, .agreementTopK) else { return }
    let scores = explanations.map { explanation in
      explanation.attributions.indices.filter { !special[$0] }.map { Double(explanation.attributions[$0]) }
    }
    for first in explanations.indices {
      for second in explanations.indices.dropFirst(first + 1)
      where isSameOutput(explanations[first], explanations[second]) && scores[first].count == scores[second].count {
        let other = explanations[second].method
        if faithfulness.has(.agreementTau) {
          let tau = RankCorrelation.kendall(scores[first], scores[second])
          explanations[first].metrics.append(MetricValue(.agreementTau, otherMethod: other, value: tau))
        }
        if faithfulness.has(.agreementTopK) {
          let share = overlap(scores[first], scores[second], k: faithfulness.top)
          explanations[first].metrics.append(MetricValue(.agreementTopK, otherMethod: other, value: share))
        }
      }
    }
  }

  private static func isSameOutput(_ a: Explanation, _ b: Explanation) -> Bool {
    a.method != b.method && a.target == b.target && a.targetIndex == b.targetIndex
      && a.targetPosition == b.targetPosition
  }

  /// The share of the k largest magnitudes that both have; nil where there is no token.
  private static func overlap(_ a: [Double], _ b: [Double], k: Int) -> Double? {
    let k = min(k, a.count)
    guard k > 0 else { return nil }
    return Double(RankCorrelation.largest(a, k).intersection(RankCorrelation.largest(b, k)).count) / Double(k)
  }
}
