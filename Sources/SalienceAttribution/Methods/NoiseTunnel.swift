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

  /// - Throws: `AttributionError` with code `usage` for fewer samples than the kind needs and for a deviation that is no
  ///   positive number.
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

  public var id: String { method.id }
  public var layer: AttributionLayer { method.layer }
  public var target: Target { method.target }
  public var output: OutputKind { method.output }

  public func validate(tokenizer: Tokenizer) throws { try method.validate(tokenizer: tokenizer) }

  public func request(
    _ encoding: Encoding, output: ExplainedOutput, tokenizer: Tokenizer, architecture: any Architecture
  ) throws -> PathRequest {
    let path = try method.request(encoding, output: output, tokenizer: tokenizer, architecture: architecture)
    guard path.refinement == nil else {
      throw AttributionError(.usage, "\(id): noise needs a fixed number of steps", setting: .tolerance)
    }
    guard path.samples.isEmpty else { throw AttributionError(.usage, "\(id): noise cannot be put around noise") }
    let seeds = SampleSeeds(ids: encoding.ids, typeIDs: encoding.typeIDs, method: id, seed: seed)
    return PathRequest(
      input: path.input, baseline: path.baseline, points: path.points, cotangents: path.cotangents,
      samples: (0..<samples).map { GaussianNoise(seed: seeds[$0], deviation: deviation) }, statistic: kind.statistic)
  }

  /// The wrapped method's explanations with `steps` and delta of all samples.
  ///
  /// The output is F(x) without noise. The delta, as Captum's averaged over the samples, is the mean of
  /// Σ a_s - (F(x_s) - F(x')), with x_s the noisy input; squares and variances do not sum to a difference of outputs and
  /// have none.
  public func explanations(
    of output: ExplainedOutput, outputs: [Float], response: PathResponse
  ) throws -> [Explanation] {
    let plain = try method.explanations(of: output, outputs: outputs, response: response)
    return zip(output.targets, plain).map { target, explanation in
      var delta: Double?
      if kind == .smoothGrad {
        let noisy = response.sampleOutputs.reduce(0) { $0 + target.value($1) } / Double(response.sampleOutputs.count)
        delta = explanation.attributionSum - (noisy - target.value(response.baselineOutputs))
      }
      return Explanation(
        method: explanation.method, target: explanation.target, targetIndex: explanation.targetIndex,
        targetPosition: explanation.targetPosition, output: explanation.output,
        baselineOutput: explanation.baselineOutput, convergenceDelta: delta,
        steps: explanation.steps * samples, attributions: explanation.attributions,
        normalized: explanation.normalized, attributionSum: explanation.attributionSum,
        attributionNorm: explanation.attributionNorm)
    }
  }
}
