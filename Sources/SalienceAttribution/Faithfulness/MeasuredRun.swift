import SalienceTensors

/// A method at work on one output of one example and, when it has finished, what its explanations' metrics are made of.
struct MeasuredRun: MethodRun {
  private let subject: Subject
  private let faithfulness: Faithfulness
  private let isProbability: Bool
  private var run: any MethodRun
  /// nil while the method is at work.
  private var measured: (explanations: [Explanation], measurements: [Measurement])?
  /// What is still to be asked.
  private var questions: ArraySlice<OutputQuestion> = []
  /// What was asked last.
  private var asked: ArraySlice<OutputQuestion> = []
  private var values: [Double] = []
  /// The method under noise, where that is measured and possible.
  private var sensitivity: Sensitivity?
  private var isProbing = false

  /// Whether the method has finished.
  var isMeasuring: Bool { measured != nil }

  /// - Parameter isProbability: whether the model's outputs have probabilities.
  init(
    of method: any AttributionMethod, _ subject: Subject, _ faithfulness: Faithfulness, isProbability: Bool
  ) throws {
    run = try method.begin(subject)
    if faithfulness.has(.maximumSensitivity) {
      sensitivity = try Sensitivity(
        of: method, subject, samples: faithfulness.samples, seed: faithfulness.seed)
    }
    self.subject = subject
    self.faithfulness = faithfulness
    self.isProbability = isProbability
  }

  mutating func next(_ answers: [Answer]) throws -> Step {
    if measured == nil {
      switch try run.next(answers) {
      case .ask(let asks): return .ask(asks)
      case .finish(let explanations): prepare(explanations)
      }
    }
    if let asks = try isProbing ? probe(answers) : ask(answers) ?? probe([]) { return .ask(asks) }
    return .finish(measuredExplanations())
  }

  /// Goes on with the method under noise; nil when all samples are explained.
  private mutating func probe(_ answers: [Answer]) throws -> [Ask]? {
    isProbing = true
    let asks = try sensitivity?.next(answers) ?? []
    return asks.isEmpty ? nil : asks
  }

  /// Takes values of copies and asks for more; nil when all are there.
  private mutating func ask(_ answers: [Answer]) throws -> [Ask]? {
    let values = try asked.values(of: answers).compactMap(\.first)
    guard values.allSatisfy(\.isFinite) else {
      throw AttributionError(.notFinite, "an output for a text without some of its tokens is not a finite number")
    }
    self.values += values
    var tokens = 0
    let round = questions.prefix { question in
      defer { tokens += question.tokenCount }
      return tokens < OutputQuestion.tokensPerRound
    }
    (asked, questions) = (round, questions.dropFirst(round.count))
    return round.isEmpty ? nil : round.flatMap(\.asks)
  }

  /// Sees what has to be asked about the method's explanations.
  private mutating func prepare(_ explanations: [Explanation]) {
    let leaveOneOut = faithfulness.has(.leaveOneOutTau, .monotonicity) ? SingleRemovals(of: subject) : nil
    let infidelity =
      faithfulness.has(.infidelity, .normalizedInfidelity)
      ? Infidelity(of: subject, samples: faithfulness.samples, seed: faithfulness.seed) : nil
    let measurements = zip(explanations, subject.output.targets).map { explanation, target in
      Measurement(
        explanation, of: subject, target, faithfulness, isProbability: isProbability, leaveOneOut, infidelity)
    }
    questions = measurements.flatMap(\.questions)[...]
    measured = (explanations, measurements)
  }

  private func measuredExplanations() -> [Explanation] {
    guard let (explanations, measurements) = measured else { return [] }
    var left = values[...]
    return explanations.enumerated().map { index, explanation in
      guard measurements.indices.contains(index) else { return explanation }
      var explanation = explanation
      let count = measurements[index].questions.count
      explanation.metrics = measurements[index].metrics(Array(left.prefix(count)))
      if faithfulness.has(.maximumSensitivity) {
        explanation.metrics.append(
          sensitivity?.metric(of: explanation, at: index) ?? MetricValue(.maximumSensitivity, value: nil))
      }
      left = left.dropFirst(count)
      return explanation
    }
  }
}

/// The questions whose answers make one explanation's metrics.
private struct Measurement {
  /// Those that all explanations of the output ask come first, so that they fall into the same rounds.
  let questions: [OutputQuestion]
  private let explanation: Explanation
  private let metrics: [FaithfulnessMetric]
  private let curves: [RemovalCurve]
  private let leaveOneOut: SingleRemovals?
  private let infidelity: Infidelity?
  /// Whether the first question is for the whole text's probability.
  private let asksWhole: Bool

  init(
    _ explanation: Explanation, of subject: Subject, _ target: ResolvedTarget, _ faithfulness: Faithfulness,
    isProbability: Bool, _ leaveOneOut: SingleRemovals?, _ infidelity: Infidelity?
  ) {
    self.explanation = explanation
    self.leaveOneOut = leaveOneOut
    self.infidelity = infidelity
    metrics = faithfulness.metrics
    curves = [FaithfulnessMetric.comprehensiveness, .sufficiency].filter(metrics.contains).map {
      RemovalCurve($0, scores: explanation.attributions, of: subject, isProbability: isProbability)
    }
    asksWhole = !curves.allSatisfy(\.copies.isEmpty) || leaveOneOut?.copies.isEmpty == false
    let shared = (asksWhole ? [subject.input] : []) + (leaveOneOut?.copies ?? [])
    questions =
      shared.map { OutputQuestion(probabilityAt: $0, of: subject, target) }
      + (infidelity?.copies ?? []).map { OutputQuestion(at: $0, of: subject, target) }
      + curves.flatMap(\.copies).map { OutputQuestion(probabilityAt: $0, of: subject, target) }
  }

  /// - Parameter values: of `questions`.
  func metrics(_ values: [Double]) -> [MetricValue] {
    var left = values[...]
    func take(_ count: Int) -> [Double] {
      defer { left = left.dropFirst(count) }
      return Array(left.prefix(count))
    }
    let whole = (asksWhole ? take(1).first : nil) ?? 0
    let removals = take(leaveOneOut?.copies.count ?? 0)
    let samples = take(infidelity?.copies.count ?? 0)
    var measured = curves.flatMap { $0.metrics(whole: whole, values: take($0.copies.count)) }
    let scores = explanation.attributions
    if let leaveOneOut {
      for metric in [FaithfulnessMetric.leaveOneOutTau, .monotonicity] where metrics.contains(metric) {
        measured.append(leaveOneOut.metric(metric, scores: scores, whole: whole, values: removals))
      }
    }
    if let infidelity {
      for metric in [FaithfulnessMetric.infidelity, .normalizedInfidelity] where metrics.contains(metric) {
        measured.append(infidelity.metric(metric, scores: scores, whole: explanation.output, values: samples))
      }
    }
    return measured
  }
}
