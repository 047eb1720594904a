import SalienceModels
import SalienceTensors

/// A method at work that takes the mean over random points of paths from random baselines.
struct SampledBaselines: MethodRun {
  private let method: String
  private let subject: Subject
  private let normalization: Normalization
  private let draws: [BaselineSamples.Draw]
  /// Ends of the baselines that are drawn, and which of them each sample has.
  private let ends: [PathEnd]
  private let places: [Int]
  private let deviation: Double?

  /// - Parameter deviation: of noise on the input; nil for none.
  init(
    method: String, samples: BaselineSamples, deviation: Double? = nil, layer: AttributionLayer,
    normalization: Normalization, subject: Subject
  ) throws {
    self.method = method
    self.subject = subject
    self.normalization = normalization
    self.deviation = deviation
    let encoding = subject.encoding
    draws = samples.draws(ids: encoding.ids, typeIDs: encoding.typeIDs, method: method)
    let drawn = Set(draws.map(\.baseline)).sorted()
    ends = try drawn.map { try samples.end($0, of: subject, at: layer) }
    places = draws.compactMap { drawn.firstIndex(of: $0.baseline) }
  }

  mutating func next(_ answers: [Answer]) throws -> Step {
    let coefficients = subject.coefficients
    if answers.isEmpty {
      let values = ([subject.input] + ends).map { Ask.values($0, coefficients: coefficients) }
      return .ask(values + [.path(request)])
    }
    let output = try answers.values(at: 0)
    let baselines = try ends.indices.map { try answers.values(at: 1 + $0) }
    let path = try answers.path(at: 1 + ends.count)
    return .finish(
      try subject.output.targets.enumerated().map { index, target in
        let start = places.reduce(0) { $0 + baselines[$1][index] } / Double(places.count)
        var explanation = try Explanation(
          method: method, target: target, of: subject, output: output[index], baselineOutput: start,
          scores: path.scores[index], squares: path.squares[index], normalization: normalization, steps: draws.count)
        if !path.sampleOutputs.isEmpty {
          let noisy = path.sampleOutputs.reduce(0) { $0 + target.value($1) } / Double(path.sampleOutputs.count)
          explanation.convergenceDelta = explanation.attributionSum - (noisy - start)
        }
        return explanation
      })
  }

  private var request: PathRequest {
    let samples = zip(draws, places).map { draw, place in
      PathSample(
        noise: deviation.map { GaussianNoise(seed: draw.seed, deviation: $0) }, baseline: ends[place],
        points: [PathPoint(alpha: draw.alpha, weight: 1)])
    }
    return PathRequest(
      input: subject.input, baseline: ends.first ?? subject.input, points: [], cotangents: subject.coefficients,
      samples: samples, readsBaselineOutputs: false)
  }
}
