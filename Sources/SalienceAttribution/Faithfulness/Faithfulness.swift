/// What is measured of every explanation: how far its scores are what the model goes by.
public struct Faithfulness: Sendable, Equatable {
  /// In the order of `FaithfulnessMetric.allCases`, each once.
  public let metrics: [FaithfulnessMetric]
  /// Random sets of tokens that infidelity leaves out, and noisy inputs of sensitivity.
  public let samples: Int
  /// k of the top-k overlap of two methods.
  public let top: Int
  /// Another number, other random sets.
  public let seed: UInt64

  /// Captum's number of perturbations.
  public static let standardSamples = 10
  public static let standardTop = 5

  public init(
    _ metrics: some Collection<FaithfulnessMetric> = FaithfulnessMetric.usual, samples: Int = standardSamples,
    top: Int = standardTop, seed: UInt64 = 0
  ) {
    self.metrics = FaithfulnessMetric.allCases.filter(metrics.contains)
    self.samples = samples
    self.top = top
    self.seed = seed
  }

  func has(_ metrics: FaithfulnessMetric...) -> Bool { metrics.contains(where: self.metrics.contains) }

  /// Parts of the tokens that are left out or kept, ferret's 10 %, 20 % … 100 %.
  static let fractions = (1...10).map { Double($0) / 10 }

  /// Copies of a text with so many tokens that the metrics of one explanation are made of, and that no other
  /// explanation of the text shares.
  func ownCopies(tokens: Int) -> Int {
    let curve = min(Self.fractions.count, tokens)
    return (has(.comprehensiveness) ? curve : 0) + (has(.sufficiency) ? curve : 0)
  }

  /// Copies without one token, which all explanations of one output share.
  func leaveOneOutCopies(tokens: Int) -> Int { has(.leaveOneOutTau, .monotonicity) ? tokens : 0 }

  /// How often the work of a method is repeated under noise.
  func repetitions(of method: any AttributionMethod) -> Int {
    has(.maximumSensitivity) && NoiseTunnel.takes(method) ? samples : 0
  }

  /// Copies without random tokens, which all explanations of one number share.
  var infidelityCopies: Int { has(.infidelity, .normalizedInfidelity) ? samples : 0 }
}

/// What can be measured of an explanation.
public enum FaithfulnessMetric: String, Sendable, CaseIterable {
  /// What the probability falls by where the tokens with the largest scores are left out (DeYoung et al., ERASER, arXiv
  /// 1911.03429).
  case comprehensiveness
  /// What it falls by where they alone stay (same source).
  case sufficiency
  /// Kendall's tau of the scores with what leaving out each token alone changes.
  case leaveOneOutTau = "leave-one-out-tau"
  /// Spearman's correlation of both sizes (Nguyen and Martínez, arXiv 2007.07584).
  case monotonicity
  /// How far the scores of random tokens miss what leaving those out changes (Yeh et al., arXiv 1901.09392).
  case infidelity
  /// The same with the scores scaled to fit best.
  case normalizedInfidelity = "normalized-infidelity"
  /// How far the scores move under a little noise on the input, at most (Yeh et al., arXiv 1901.09392).
  case maximumSensitivity = "max-sensitivity"
  /// Kendall's tau with another method's scores.
  case agreementTau = "agreement-tau"
  /// The share of the k largest scores that another method has among its own.
  case agreementTopK = "agreement-top-k"
  /// Kendall's tau with the method's own scores under random weights (Adebayo et al., arXiv 1810.03292).
  case randomWeightsTau = "random-weights-tau"
  /// F1 of the k largest scores with the tokens that people marked (DeYoung et al., ERASER, arXiv 1911.03429).
  case tokenF1 = "token-f1"
  /// The share that both have of what either has.
  case tokenIOU = "token-iou"
  /// F1 of the runs of the k largest scores with the spans that people marked, where half of both overlaps (ERASER).
  case iouF1 = "iou-f1"
  /// The area under precision over recall of the marked tokens, by the scores.
  case auprc

  /// Which values speak for a method.
  public enum Order: Sendable { case higherIsBetter, lowerIsBetter }

  /// nil where values rank no method.
  public var order: Order? {
    switch self {
    case .comprehensiveness, .leaveOneOutTau, .monotonicity, .tokenF1, .tokenIOU, .iouF1, .auprc:
      .higherIsBetter
    case .sufficiency, .infidelity, .normalizedInfidelity: .lowerIsBetter
    case .maximumSensitivity, .agreementTau, .agreementTopK, .randomWeightsTau: nil
    }
  }

  /// Whether it compares scores with what people marked: a model may go by something else, and methods are not ranked by
  /// it.
  public var isOfPeople: Bool { Plausibility.metrics.contains(self) }

  /// Whether it is measured where it is named alone: it repeats a method's work many times.
  public var isOnRequest: Bool { self == .maximumSensitivity }

  /// All but those.
  public static var usual: [FaithfulnessMetric] { allCases.filter { !$0.isOnRequest } }

  /// What it says, in a phrase.
  public var summary: String {
    switch self {
    case .comprehensiveness: "what the probability falls by without the tokens that have the largest scores"
    case .sufficiency: "what it falls by where those tokens alone stay"
    case .infidelity: "how far the scores of random tokens miss what leaving those out changes"
    case .normalizedInfidelity: "the same with the scores scaled to fit best"
    case .leaveOneOutTau: "Kendall's tau of the scores with what leaving out each token alone changes"
    case .monotonicity: "Spearman's correlation of the sizes of both"
    case .maximumSensitivity: "how far the scores move at most under a little noise on the input"
    case .agreementTau: "Kendall's tau with each other method's scores"
    case .agreementTopK: "the share of the largest scores that each other method has among its own"
    case .randomWeightsTau: "Kendall's tau with the method's own scores under random weights"
    case .tokenF1: "F1 of the largest scores with the tokens that people marked"
    case .tokenIOU: "the share that both have of what either has"
    case .iouF1: "F1 of runs of the largest scores with the spans that people marked, half of both overlapping"
    case .auprc: "the area under precision over recall of the marked tokens"
    }
  }
}

/// One number that was measured of an explanation.
public struct MetricValue: Sendable, Equatable {
  public let metric: FaithfulnessMetric
  /// The part of the tokens that a point of a curve is about; nil for what stands for the whole explanation.
  public let fraction: Double?
  /// The method that the explanation is compared with, by its id.
  public let otherMethod: String?
  /// nil where the metric has no meaning.
  public let value: Double?
  /// Forward passes that were asked for; nil for a point of a curve, which the whole counts.
  public let evaluations: Int?

  public init(
    _ metric: FaithfulnessMetric, fraction: Double? = nil, otherMethod: String? = nil, value: Double?,
    evaluations: Int? = 0
  ) {
    self.metric = metric
    self.fraction = fraction
    self.otherMethod = otherMethod
    self.value = value
    self.evaluations = evaluations
  }
}
