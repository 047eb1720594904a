import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// Another method's attributions under noise on its input, as Captum's `NoiseTunnel`.
///
/// Normal noise is added to every element of the attribution layer's value for the input, special tokens included; the
/// baseline stays as it is. Statistics are taken element by element over the samples' attributions a, then summed over
/// the hidden dimension. No score is exactly 0 then, even where the embeddings of input and baseline are equal.
public struct NoiseTunnel: AttributionMethod {
  public enum Kind: String, Sendable, CaseIterable {
    /// E[a] (SmoothGrad, arXiv 1706.03825).
    case smoothGrad = "smoothgrad"
    /// E[a²] (SmoothGrad-squared, arXiv 1806.10758).
    case smoothGradSquared = "smoothgrad-squared"
    /// E[a²] - E[a]², divided by the number of samples (VarGrad, arXiv 1806.10758).
    case varGrad = "vargrad"

    /// Fewest samples that say anything.
    public var minimumSamples: Int { self == .varGrad ? 2 : 1 }

    fileprivate var statistic: SampleStatistic {
      switch self {
      case .smoothGrad: .mean
      case .smoothGradSquared: .meanSquare
      case .varGrad: .variance
      }
    }
  }

  public private(set) var method: any AttributionMethod
  public let kind: Kind
  public let samples: Int
  /// Standard deviation of the noise, in the units of the attribution layer.
  public let deviation: Double
  public let seed: UInt64

  /// - Throws: `AttributionError` with code `usage` for fewer samples than the kind needs and for a deviation that is
  ///   not above 0.
  public init(
    _ method: any AttributionMethod, kind: Kind = .smoothGrad, samples: Int = 8, deviation: Double = 0.1,
    seed: UInt64 = 0
  ) throws {
    guard samples >= kind.minimumSamples else {
      throw AttributionError(.usage, "\(kind.rawValue) needs at least \(kind.minimumSamples) samples, not \(samples)")
    }
    guard deviation > 0, Float(deviation).isFinite else {
      throw AttributionError(.usage, "the deviation of noise must be a number above 0, not \(deviation)")
    }
    self.method = method
    self.kind = kind
    self.samples = samples
    self.deviation = deviation
    self.seed = seed
  }

  /// The same with the settings of a pipeline file.
  public init(_ method: any AttributionMethod, _ noise: Noise) throws {
    try self.init(
      method, kind: noise.kind, samples: noise.samples, deviation: noise.deviation, seed: UInt64(noise.seed))
  }

  public var id: String { method.id }
  public var layer: AttributionLayer { method.layer }
  public var pathLayer: AttributionLayer { method.pathLayer }
  public var target: Target { method.target }
  public var output: OutputKind { method.output }
  public var rules: BackwardRules? { method.rules }
  public var randomSeed: UInt64? { seed }
  public var hasTolerance: Bool { method.hasTolerance }
  public var drawnTexts: TextSample? { method.drawnTexts }

  public func comparing(with texts: [String]) -> any AttributionMethod {
    var tunnel = self
    tunnel.method = method.comparing(with: texts)
    return tunnel
  }

  public var values: [JSONMember] {
    let noise = Noise(kind: kind, samples: samples, deviation: deviation, seed: Int(clamping: seed))
    return method.values + [Noise.setting.member(noise)]
  }

  public func cost(tokens: Int) -> MethodCost {
    let own = method.cost(tokens: tokens)
    let noisy = own.evaluations * samples
    // What chooses the points comes first.
    return hasTolerance
      ? MethodCost(
        evaluations: own.evaluations + noisy, evaluationsPerRound: noisy, paths: samples,
        heldGradients: own.heldGradients)
      : MethodCost(evaluations: noisy, paths: samples)
  }

  public func validate(tokenizer: Tokenizer) throws { try method.validate(tokenizer: tokenizer) }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    let seeds = SampleSeeds(
      ids: subject.encoding.ids, typeIDs: subject.encoding.typeIDs, method: id, seed: seed)
    return try begin(subject, noise: (0..<samples).map { GaussianNoise(seed: seeds[$0], deviation: deviation) })
  }

  /// - Parameter noise: of each sample.
  func begin(_ subject: Subject, noise: [GaussianNoise]) throws -> any MethodRun {
    Run(tunnel: self, run: try method.begin(subject), targets: subject.output.targets, noise: noise)
  }

  /// Whether noise can be put around a method.
  static func takes(_ method: any AttributionMethod) -> Bool {
    guard let method = method as? any RegisteredMethod, !method.hasTolerance else { return false }
    return type(of: method).settings.contains { $0.key == Noise.setting.key }
  }

  /// The wrapped method at work, with noise in every path that it asks for.
  ///
  /// Points with a tolerance are chosen on the path without noise, and taken for every sample's.
  private struct Run: MethodRun {
    let tunnel: NoiseTunnel
    var run: any MethodRun
    let targets: [ResolvedTarget]
    let noise: [GaussianNoise]
    /// What was asked last, where its answers choose the points of paths with noise.
    var choosing: [Ask] = []
    /// Their answers, while those paths are asked for.
    var chosen: [Answer] = []
    /// The last path's answer.
    var path: PathResponse?
    /// Points that were evaluated without noise, and whether they kept the tolerance.
    var steps = 0
    var converged = true

    mutating func next(_ answers: [Answer]) throws -> Step {
      if !choosing.isEmpty {
        if chosen.isEmpty {
          chosen = answers
          return .ask(try zip(choosing, answers).compactMap { try noisy($0, at: $1) })
        }
        var paths = answers.makeIterator()
        let complete = zip(choosing, chosen).compactMap { isRefined($0) ? paths.next() : $1 }
        (choosing, chosen) = ([], [])
        return try go(on: complete)
      }
      return try go(on: answers)
    }

    private mutating func go(on answers: [Answer]) throws -> Step {
      for case .path(let response) in answers { path = response }
      switch try run.next(answers) {
      case .ask(let asks):
        if asks.contains(where: isRefined) {
          choosing = asks
          return .ask(asks)
        }
        return .ask(try asks.map(noisy))
      case .finish(let plain):
        return .finish(
          zip(targets, plain).map { target, plain in
            var explanation = tunnel.explanation(plain, of: target, path: path)
            explanation.steps += steps
            if tunnel.hasTolerance { explanation.converged = converged }
            return explanation
          })
      }
    }

    private func isRefined(_ ask: Ask) -> Bool {
      if case .path(let path) = ask { path.refinement != nil } else { false }
    }

    private func noisy(_ ask: Ask) throws -> Ask {
      guard case .path(let path) = ask else { return ask }
      guard path.samples.isEmpty else {
        throw AttributionError(.usage, "\(tunnel.id): noise cannot be put around noise")
      }
      return .path(path.sampled(noise, tunnel.kind.statistic))
    }

    /// A path with noise at the points that were chosen without; nil for what needs no second question.
    private mutating func noisy(_ ask: Ask, at answer: Answer) throws -> Ask? {
      guard case .path(let path) = ask, path.refinement != nil, case .path(let plain) = answer else { return nil }
      guard !plain.points.isEmpty else {
        throw AttributionError(.notFinite, "\(tunnel.id): no gradient on the path is a finite number")
      }
      steps += plain.pointCount
      converged = converged && plain.converged
      return .path(path.sampled(noise, tunnel.kind.statistic, at: plain.points))
    }
  }

  /// The wrapped method's explanation with `steps` and delta of all samples.
  ///
  /// The output is F(x) without noise. The delta, as Captum's averaged over the samples, is the mean of
  /// Σ a_s - (F(x_s) - F(x')), with x_s the noisy input; squares and variances do not sum to a difference of outputs and
  /// have none. Without a baseline it is to F(x_s) alone, where the method has a delta.
  private func explanation(_ plain: Explanation, of target: ResolvedTarget, path: PathResponse?) -> Explanation {
    var result = plain
    result.steps *= samples
    result.converged = nil
    result.convergenceDelta = nil
    if kind == .smoothGrad, plain.convergenceDelta != nil, let path {
      let noisy = path.sampleOutputs.reduce(0) { $0 + target.value($1) } / Double(path.sampleOutputs.count)
      let baseline = plain.baselineOutput == nil ? 0 : target.value(path.baselineOutputs)
      result.convergenceDelta = plain.attributionSum - (noisy - baseline)
    }
    return result
  }
}
