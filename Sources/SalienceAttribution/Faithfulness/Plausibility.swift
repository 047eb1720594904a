import SalienceTokenizers

/// How far the tokens with the largest scores are those that people marked, as ferret 0.4.2 measures it after ERASER.
enum Plausibility {
  static let metrics: [FaithfulnessMetric] = [.tokenF1, .tokenIOU, .auprc]

  /// Adds to each explanation how it agrees with the rationale; null where the text has none, or none of its tokens is
  /// marked.
  static func measure(
    _ explanations: inout [Explanation], _ encoding: Encoding, _ rationale: TextSpans?, _ faithfulness: Faithfulness
  ) {
    let asked = metrics.filter(faithfulness.metrics.contains)
    guard !asked.isEmpty else { return }
    let flags = rationale?.flags(of: encoding) ?? []
    for index in explanations.indices {
      let scores = explanations[index].attributions
      let marked = zip(scores, flags).compactMap { score, flag in flag.map { (score: Double(score), isMarked: $0) } }
      for metric in asked {
        let value = marked.contains(where: \.isMarked) ? Self.value(metric, marked, k: faithfulness.top) : nil
        explanations[index].metrics.append(MetricValue(metric, value: value))
      }
    }
  }

  private static func value(
    _ metric: FaithfulnessMetric, _ tokens: [(score: Double, isMarked: Bool)], k: Int
  ) -> Double {
    if metric == .auprc { return area(tokens) }
    // The k largest scores, those above 0 alone; of equal ones the earlier token's.
    let order = tokens.indices.filter { tokens[$0].score > 0 }
      .sorted { (-tokens[$0].score, $0) < (-tokens[$1].score, $1) }
    let top = order.prefix(k)
    let both = Double(top.count { tokens[$0].isMarked })
    let marked = Double(tokens.count(where: \.isMarked))
    if metric == .tokenIOU { return both / (marked + Double(top.count) - both) }
    return both == 0 ? 0 : 2 * both / (marked + Double(top.count))
  }

  /// The area under precision over recall, as `auc(*precision_recall_curve(…))` of scikit-learn, scores below 0 being 0.
  private static func area(_ tokens: [(score: Double, isMarked: Bool)]) -> Double {
    let marked = Double(tokens.count(where: \.isMarked))
    let sorted = tokens.map { (score: max(0, $0.score), isMarked: $0.isMarked) }.sorted { $0.score > $1.score }
    var (found, taken, area, last) = (0.0, 0.0, 0.0, (precision: 1.0, recall: 0.0))
    for (index, token) in sorted.enumerated() {
      taken += 1
      found += token.isMarked ? 1 : 0
      // A threshold takes all tokens of one score.
      if index + 1 < sorted.count, sorted[index + 1].score == token.score { continue }
      let point = (precision: found / taken, recall: found / marked)
      area += (point.recall - last.recall) * (point.precision + last.precision) / 2
      last = point
    }
    return area
  }
}
