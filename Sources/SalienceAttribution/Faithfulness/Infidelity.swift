import SalienceTensors

/// Copies of a text without random tokens, whose scores should sum to what leaving them out changes.
///
/// As Captum's `infidelity` of scores that have the input multiplied in: a perturbation is 1 for a token that is left out
/// and 0 for another, and the metric is the mean of (Σ perturbation · score - (F(x) - F(x without the tokens)))². A set
/// has any size from 1 to all tokens with equal chance, and then any tokens. The sets are an example's own, whatever
/// method is measured.
struct Infidelity {
  /// The tokens that each copy lacks.
  private let sets: [[Int]]
  let copies: [PathEnd]

  init(of subject: Subject, samples: Int, seed: UInt64) {
    let tokens = subject.removableTokens
    // A text whose tokens can all be left out keeps one.
    let most = tokens.count == subject.input.sequence.count ? tokens.count - 1 : tokens.count
    guard most > 0 else {
      (sets, copies) = ([], [])
      return
    }
    let encoding = subject.encoding
    var numbers = SeededNumbers(
      SampleSeeds(ids: encoding.ids, typeIDs: encoding.typeIDs, method: "faithfulness", seed: seed))
    var (sets, copies) = ([[Int]](), [PathEnd]())
    for _ in 0..<samples {
      let size = 1 + numbers.below(most)
      let set = numbers.permutation(tokens.count).prefix(size).map { tokens[$0] }.sorted()
      guard let copy = subject.input(without: set) else { continue }
      sets.append(set)
      copies.append(copy)
    }
    (self.sets, self.copies) = (sets, copies)
  }

  /// - Parameters:
  ///   - scores: one per token that the model reads.
  ///   - whole: F(x).
  ///   - values: F of `copies`.
  func metric(_ metric: FaithfulnessMetric, scores: [Float], whole: Double, values: [Double]) -> MetricValue {
    guard !values.isEmpty else { return MetricValue(metric, value: nil) }
    let sums = sets.map { $0.reduce(0) { $0 + Double(scores[$1]) } }
    let falls = values.map { whole - $0 }
    var scale = 1.0
    if metric == .normalizedInfidelity {
      // The factor that makes the mean smallest.
      let squares = sums.reduce(0) { $0 + $1 * $1 }
      scale = squares > 0 ? zip(sums, falls).reduce(0) { $0 + $1.0 * $1.1 } / squares : 1
    }
    let errors = zip(sums, falls).map { (scale * $0 - $1) * (scale * $0 - $1) }
    return MetricValue(metric, value: errors.reduce(0, +) / Double(errors.count), evaluations: copies.count)
  }
}
