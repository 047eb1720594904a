import SalienceAttribution

/// Which of a run's methods explain a model most faithfully, by the means of their metrics over the examples.
public struct Ranking: Sendable, Equatable {
  /// A mean with the interval that holds it with a chance of 95 %; nil for fewer than two examples.
  public struct Estimate: Sendable, Equatable {
    public let value: Double
    public let interval: ClosedRange<Double>?

    package init(value: Double, interval: ClosedRange<Double>? = nil) {
      self.value = value
      self.interval = interval
    }
  }

  /// One metric of one method.
  public struct Score: Sendable, Equatable {
    public let metric: FaithfulnessMetric
    public let mean: Estimate
    /// Examples that have a value.
    public let examples: Int
    /// Whether the interval lies wholly on the better side of the one of random scores; nil where there are none, and for
    /// metrics that rank no method.
    public var beatsRandom: Bool?
  }

  /// What became of one method.
  public struct Method: Sendable, Equatable {
    /// Its `id` in the pipeline file.
    public let id: String
    public let isRandom: Bool
    public var scores: [Score]
    /// The mean of its places among the methods, 1 for the best, over the metrics that rank; nil without such a metric.
    public let meanRank: Estimate?
    /// Evaluations of the model that an explanation took, on average.
    public let evaluations: Double
    /// Seconds that the explanations took; nil where the run does not say.
    public let seconds: Double?

    package init(
      id: String, isRandom: Bool, scores: [Score] = [], meanRank: Estimate?, evaluations: Double = 0, seconds: Double?
    ) {
      self.id = id
      self.isRandom = isRandom
      self.scores = scores
      self.meanRank = meanRank
      self.evaluations = evaluations
      self.seconds = seconds
    }
  }

  /// How far two methods agree.
  public struct Agreement: Sendable, Equatable {
    public let methods: [String]
    public let metric: FaithfulnessMetric
    public let mean: Estimate
    public let examples: Int
  }

  public let model: String
  /// Examples with metrics.
  public let examples: Int
  /// The metrics that rank, in their order.
  public let metrics: [FaithfulnessMetric]
  /// The best first; the pipeline's order among equals.
  public let methods: [Method]
  public let agreements: [Agreement]

  package init(
    model: String, examples: Int, metrics: [FaithfulnessMetric], methods: [Method], agreements: [Agreement] = []
  ) {
    self.model = model
    self.examples = examples
    self.metrics = metrics
    self.methods = methods
    self.agreements = agreements
  }

  /// The metrics by which methods are ranked: raw infidelity depends on the scores' units, so that the normalised one
  /// stands for both.
  ///
  /// - Parameter isOneUnit: whether all methods explain logits, or all probabilities; the errors of infidelity are in the
  ///   units of what is explained.
  static func ranking(_ metrics: [FaithfulnessMetric], isOneUnit: Bool) -> [FaithfulnessMetric] {
    metrics.filter { metric in
      guard metric.order != nil, !metric.isOfPeople else { return false }
      switch metric {
      case .infidelity: return isOneUnit && !metrics.contains(.normalizedInfidelity)
      case .normalizedInfidelity: return isOneUnit
      default: return true
      }
    }
  }

  /// Places of values from 1, the best first; equal values share the mean of theirs.
  static func places(_ values: [Double], _ order: FaithfulnessMetric.Order) -> [Double] {
    RankCorrelation.ranks(order == .lowerIsBetter ? values : values.map { -$0 })
  }
}

extension Ranking.Method {
  /// Metrics in which random scores may be as good.
  public var notBetterThanRandom: [FaithfulnessMetric] {
    isRandom ? [] : scores.filter { $0.beatsRandom == false }.map(\.metric)
  }

  /// Whether its scores stay much the same where the model has learnt nothing: they cannot be what the model goes by.
  public var ignoresWeights: Bool {
    scores.contains { $0.metric == .randomWeightsTau && $0.mean.value > 0.5 }
  }

  /// Whether it is better than random scores in no metric at all.
  public var isNoBetterThanRandom: Bool {
    let compared = scores.filter { $0.beatsRandom != nil }
    return !isRandom && !compared.isEmpty && compared.allSatisfy { $0.beatsRandom == false }
  }
}
