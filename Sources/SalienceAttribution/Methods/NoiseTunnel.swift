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

  public let method: any AttributionMethod
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

  public var values: [JSONMember] {
    let noise = Noise(kind: kind, samples: samples, deviation: deviation, seed: Int(clamping: seed))
    return method.values + [Noise.setting.member(noise)]
  }

  public func cost(tokens: Int) -> MethodCost {
    MethodCost(evaluations: method.cost(tokens: tokens).evaluations * samples, paths: samples)
  }

  public func validate(tokenizer: Tokenizer) throws { try method.validate(tokenizer: tokenizer) }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    let seeds = SampleSeeds(
      ids: subject.encoding.ids, typeIDs: subject.encoding.typeIDs, method: id, seed: seed)
    return Run(
      tunnel: self, run: try method.begin(subject), targets: subject.output.targets,
      noise: (0..<samples).map { GaussianNoise(seed: seeds[$0], deviation: deviation) })
  }

  /// The wrapped method at work, with noise in every path that it asks for.
  private struct Run: MethodRun {
    let tunnel: NoiseTunnel
    var run: any MethodRun
    let targets: [ResolvedTarget]
    let noise: [GaussianNoise]
    /// The last path's answer.
    var path: PathResponse?

    mutating func next(_ answers: [Answer]) throws -> Step {
      for case .path(let response) in answers { path = response }
      switch try run.next(answers) {
      case .ask(let asks): return .ask(try asks.map(noisy))
      case .finish(let plain):
        return .finish(zip(targets, plain).map { tunnel.explanation($1, of: $0, path: path) })
      }
    }

    private func noisy(_ ask: Ask) throws -> Ask {
      guard case .path(let path) = ask else { return ask }
      guard path.refinement == nil else {
        throw AttributionError(.usage, "\(tunnel.id): noise needs a fixed number of steps", setting: .tolerance)
      }
      guard path.samples.isEmpty else {
        throw AttributionError(.usage, "\(tunnel.id): noise cannot be put around noise")
      }
      return .path(path.sampled(noise, tunnel.kind.statistic))
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
