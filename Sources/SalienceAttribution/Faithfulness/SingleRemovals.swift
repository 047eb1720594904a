import SalienceTensors

/// Copies of a text, each without one of its tokens.
struct SingleRemovals {
  private let tokens: [Int]
  /// One for each token; none where a text has fewer than two, of which no order can be told.
  let copies: [PathEnd]

  init(of subject: Subject) {
    let tokens = subject.removableTokens
    let copies = tokens.count < 2 ? [] : tokens.compactMap { subject.input(without: [$0]) }
    self.copies = copies.count == tokens.count ? copies : []
    self.tokens = tokens
  }

  /// - Parameters:
  ///   - scores: one per token that the model reads.
  ///   - whole: the value of the text as it is.
  ///   - values: of `copies`.
  func metric(_ metric: FaithfulnessMetric, scores: [Float], whole: Double, values: [Double]) -> MetricValue {
    guard !values.isEmpty else { return MetricValue(metric, value: nil) }
    let (own, falls) = (tokens.map { Double(scores[$0]) }, values.map { whole - $0 })
    let value =
      metric == .leaveOneOutTau
      ? RankCorrelation.kendall(own, falls) : RankCorrelation.spearman(own.map(abs), falls.map(abs))
    return MetricValue(metric, value: value, evaluations: copies.count)
  }
}
