import SalienceTokenizers

/// How far the tokens with the largest scores are those that people marked, as ferret 0.4.2 measures it after ERASER.
enum Plausibility {
  static let metrics: [FaithfulnessMetric] = [.tokenF1, .tokenIOU, .iouF1, .auprc]

  /// Adds to each explanation how it agrees with the rationale; null where the text has none, or none of its tokens is
  /// marked.
  static func measure(
    _ explanations: inout [Explanation], _ encoding: Encoding, _ rationale: TextSpans?, _ faithfulness: Faithfulness
  ) {
    let asked = metrics.filter(faithfulness.metrics.contains)
    guard !asked.isEmpty else { return }
    let flags = rationale?.flags(of: encoding) ?? []
    let spans = rationale?.tokens(of: encoding) ?? []
    for index in explanations.indices {
      let scores = explanations[index].attributions
      let marked = zip(scores, flags).enumerated().compactMap { place, pair in
        pair.1.map { Token(place: place, score: Double(pair.0), isMarked: $0) }
      }
      for metric in asked {
        let value =
          marked.contains(where: \.isMarked) ? Self.value(metric, marked, spans, k: faithfulness.top) : nil
        explanations[index].metrics.append(MetricValue(metric, value: value))
      }
    }
  }

  /// A token of the text.
  private struct Token {
    let place: Int
    let score: Double
    let isMarked: Bool
  }

  private static func value(
    _ metric: FaithfulnessMetric, _ tokens: [Token], _ spans: [Range<Int>], k: Int
  ) -> Double {
    if metric == .auprc { return area(tokens) }
    // The k largest scores, those above 0 alone; of equal ones the earlier token's.
    let order = tokens.indices.filter { tokens[$0].score > 0 }
      .sorted { (-tokens[$0].score, $0) < (-tokens[$1].score, $1) }
    let top = order.prefix(k)
    if metric == .iouF1 { return overlap(of: top.map { tokens[$0].place }, with: spans) }
    let both = Double(top.count { tokens[$0].isMarked })
    let marked = Double(tokens.count(where: \.isMarked))
    if metric == .tokenIOU { return both / (marked + Double(top.count) - both) }
    return both == 0 ? 0 : 2 * both / (marked + Double(top.count))
  }

  /// F1 of runs of neighbouring tokens with the spans: a run is right where it shares at least half of what either has
  /// with one of them, as ERASER's `partial_match_score` counts a single text.
  private static func overlap(of places: [Int], with spans: [Range<Int>]) -> Double {
    var runs: [Range<Int>] = []
    for place in places.sorted() {
      if let last = runs.last, last.upperBound == place {
        runs[runs.count - 1] = last.lowerBound..<place + 1
      } else {
        runs.append(place..<place + 1)
      }
    }
    let right = runs.count { run in
      spans.contains { span in
        let both = run.clamped(to: span).count
        return 2 * both >= run.count + span.count - both
      }
    }
    guard right > 0 else { return 0 }
    let (precision, recall) = (Double(right) / Double(runs.count), Double(right) / Double(spans.count))
    return 2 * precision * recall / (precision + recall)
  }

  /// The area under precision over recall, as `auc(*precision_recall_curve(…))` of scikit-learn, scores below 0 being 0.
  private static func area(_ tokens: [Token]) -> Double {
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
