import SalienceTensors

/// A method at work on one output of one example and, when it has finished, what its explanations' metrics are made of.
struct MeasuredRun: MethodRun {
  private let subject: Subject
  private let faithfulness: Faithfulness
  private let isProbability: Bool
  private var run: any MethodRun
  /// nil while the method is at work.
  private var measured: (explanations: [Explanation], questions: [Measurement])?

  /// Whether the method has finished.
  var isMeasuring: Bool { measured != nil }

  /// - Parameter isProbability: whether the model's outputs have probabilities.
  init(_ run: any MethodRun, of subject: Subject, _ faithfulness: Faithfulness, isProbability: Bool) {
    self.run = run
    self.subject = subject
    self.faithfulness = faithfulness
    self.isProbability = isProbability
  }

  mutating func next(_ answers: [Answer]) throws -> Step {
    guard var explanations = measured?.explanations, let questions = measured?.questions else {
      switch try run.next(answers) {
      case .ask(let asks): return .ask(asks)
      case .finish(let explanations): return ask(about: explanations)
      }
    }
    let values = try answers.indices.map { try answers.values(at: $0)[0] }
    guard values.allSatisfy(\.isFinite) else {
      throw AttributionError(.notFinite, "an output for a text without some of its tokens is not a finite number")
    }
    var left = values[...]
    for index in questions.indices {
      let own = left.prefix(questions[index].asks.count)
      left = left.dropFirst(own.count)
      explanations[index].metrics = questions[index].metrics(Array(own))
    }
    return .finish(explanations)
  }

  private mutating func ask(about explanations: [Explanation]) -> Step {
    let leaveOneOut = faithfulness.has(.leaveOneOutTau, .monotonicity) ? SingleRemovals(of: subject) : nil
    let infidelity =
      faithfulness.has(.infidelity, .normalizedInfidelity)
      ? Infidelity(of: subject, samples: faithfulness.samples, seed: faithfulness.seed) : nil
    let questions = zip(explanations, subject.output.targets).map { explanation, target in
      Measurement(
        explanation, of: subject, target, faithfulness, isProbability: isProbability, leaveOneOut, infidelity)
    }
    let asks = questions.flatMap(\.asks)
    guard questions.count == explanations.count, !asks.isEmpty else {
      // Nothing to ask: agreement alone is measured, or the texts have no tokens.
      return .finish(
        explanations.enumerated().map { index, explanation in
          var explanation = explanation
          if questions.indices.contains(index) { explanation.metrics = questions[index].metrics([]) }
          return explanation
        })
    }
    measured = (explanations, questions)
    return .ask(asks)
  }
}

/// The questions whose answers make one explanation's metrics.
private struct Measurement {
  let asks: [Ask]
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
    let copies = curves.flatMap(\.copies) + (leaveOneOut?.copies ?? [])
    asksWhole = !copies.isEmpty
    let coefficients = [target.coefficients]
    asks =
      ((asksWhole ? [subject.input] : []) + copies).map { .probabilities($0, coefficients: coefficients) }
      + (infidelity?.copies ?? []).map { .values($0, coefficients: coefficients) }
  }

  /// - Parameter values: answers to `asks`.
  func metrics(_ values: [Double]) -> [MetricValue] {
    var left = values[...]
    func take(_ count: Int) -> [Double] {
      defer { left = left.dropFirst(count) }
      return Array(left.prefix(count))
    }
    let whole = (asksWhole ? take(1).first : nil) ?? 0
    var measured = curves.flatMap { $0.metrics(whole: whole, values: take($0.copies.count)) }
    let scores = explanation.attributions
    if let leaveOneOut {
      let values = take(leaveOneOut.copies.count)
      for metric in [FaithfulnessMetric.leaveOneOutTau, .monotonicity] where metrics.contains(metric) {
        measured.append(leaveOneOut.metric(metric, scores: scores, whole: whole, values: values))
      }
    }
    if let infidelity {
      let values = take(infidelity.copies.count)
      for metric in [FaithfulnessMetric.infidelity, .normalizedInfidelity] where metrics.contains(metric) {
        measured.append(infidelity.metric(metric, scores: scores, whole: explanation.output, values: values))
      }
    }
    return measured
  }
}
