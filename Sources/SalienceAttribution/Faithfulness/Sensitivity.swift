import SalienceTensors

/// How far a method's scores move under a little noise on its input (Yeh et al., arXiv 1901.09392): the largest of
/// ‖scores of the noisy input - scores‖ / ‖scores‖ over the samples, as Captum's `sensitivity_max`.
///
/// The noise is the same for every method. Where all scores are 0, the divisor is 1, as in Captum.
struct Sensitivity {
  /// Standard deviation of the noise, in the units of the attribution layer.
  static let deviation = 0.02

  /// The method at work on one noisy input.
  private struct Probe {
    var run: any MethodRun
    var askCount = 0
    /// nil while it is at work.
    var explanations: [Explanation]?
  }

  private var probes: [Probe]

  /// - Returns: nil where noise cannot be put around the method.
  init?(of method: any AttributionMethod, _ subject: Subject, samples: Int, seed: UInt64) throws {
    guard NoiseTunnel.takes(method) else { return nil }
    let encoding = subject.encoding
    let seeds = SampleSeeds(ids: encoding.ids, typeIDs: encoding.typeIDs, method: "sensitivity", seed: seed)
    let tunnel = try NoiseTunnel(method, samples: 1, deviation: Self.deviation)
    probes = try (0..<samples).map { sample in
      let noise = GaussianNoise(seed: seeds[sample], deviation: Self.deviation)
      return Probe(run: try tunnel.begin(subject, noise: [noise]))
    }
  }

  /// What to ask next; nothing when all samples are explained.
  ///
  /// - Parameter answers: to what was asked last; none at first.
  mutating func next(_ answers: [Answer]) throws -> [Ask] {
    var (left, asked) = (answers[...], [Ask]())
    for index in probes.indices where probes[index].explanations == nil {
      let own = Array(left.prefix(probes[index].askCount))
      left = left.dropFirst(own.count)
      switch try probes[index].run.next(own) {
      case .ask(let asks):
        probes[index].askCount = asks.count
        asked += asks
      case .finish(let explanations): probes[index].explanations = explanations
      }
    }
    return asked
  }

  /// - Parameters:
  ///   - explanation: of the input itself.
  ///   - index: which of the output's targets it is of.
  func metric(of explanation: Explanation, at index: Int) -> MetricValue {
    let scores = explanation.attributions.map(Double.init)
    let norm = Self.norm(scores)
    let (distances, evaluations) = probes.reduce(into: ([Double](), 0)) { found, probe in
      guard let noisy = probe.explanations, noisy.indices.contains(index) else { return }
      found.0.append(Self.norm(zip(scores, noisy[index].attributions).map { $0 - Double($1) }))
      found.1 += noisy[index].steps
    }
    let value = distances.max().map { $0 / (norm == 0 ? 1 : norm) }
    return MetricValue(.maximumSensitivity, value: value, evaluations: evaluations)
  }

  private static func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
