import SalienceTensors

/// Copies of a text without, or with nothing but, the tokens that an explanation scores highest, at growing parts of all
/// tokens.
///
/// As ferret 0.4.2 defines both metrics: ⌊part · tokens⌋ of the tokens with the largest scores, those above 0 alone; what
/// takes no token, or the same ones as the part before it, does not count in the mean. Ids are left out, and the others
/// stay what they are: ferret decodes them to text, whose tokens may be others. Of equal scores the earlier token comes
/// first.
struct RemovalCurve {
  /// Tokens of each part; 0 where it takes none.
  private let sizes: [Int]
  /// Different sizes above 0 whose copies a model can read.
  private let asked: [Int]
  /// The copies, one for each element of `asked`.
  let copies: [PathEnd]
  private let metric: FaithfulnessMetric
  private let hasTokens: Bool
  private let isProbability: Bool

  /// - Parameters:
  ///   - metric: `comprehensiveness` or `sufficiency`.
  ///   - scores: one per token that the model reads.
  ///   - isProbability: whether the copies' values are probabilities.
  init(_ metric: FaithfulnessMetric, scores: [Float], of subject: Subject, isProbability: Bool) {
    let tokens = subject.removableTokens
    let order = tokens.filter { scores[$0] > 0 }.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    self.metric = metric
    self.isProbability = isProbability
    hasTokens = !tokens.isEmpty
    let parts = Faithfulness.fractions.count
    sizes = (1...parts).map { min(tokens.count * $0 / parts, order.count) }
    var (asked, copies) = ([Int](), [PathEnd]())
    for size in sizes where size > 0 && size != asked.last {
      let top = Set(order.prefix(size))
      let removed = tokens.filter { top.contains($0) == (metric == .comprehensiveness) }
      guard let copy = subject.input(without: removed) else { continue }
      asked.append(size)
      copies.append(copy)
    }
    (self.asked, self.copies) = (asked, copies)
  }

  /// The area, then the points of the curve.
  ///
  /// - Parameters:
  ///   - whole: the value of the text as it is.
  ///   - values: of `copies`.
  func metrics(whole: Double, values: [Double]) -> [MetricValue] {
    let falls = Dictionary(uniqueKeysWithValues: zip(asked, values.map { whole - $0 }))
    let area = values.isEmpty ? withoutCopies : values.reduce(0) { $0 + (whole - $1) } / Double(values.count)
    return [MetricValue(metric, value: area, evaluations: copies.count)]
      + zip(Faithfulness.fractions, sizes).map {
        MetricValue(metric, fraction: $0, value: falls[$1], evaluations: nil)
      }
  }

  /// What ferret says where no score is above 0: the worst of both; nil where the text has no tokens.
  private var withoutCopies: Double? {
    guard hasTokens, sizes.allSatisfy({ $0 == 0 }) else { return nil }
    if metric == .comprehensiveness { return 0 }
    return isProbability ? 1 : nil
  }
}
