import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// Integrated gradients (arXiv 1703.01365) with a fixed quadrature, as Captum's `LayerIntegratedGradients`.
public struct IntegratedGradients: AttributionMethod {
  public let id: String
  public let layer: AttributionLayer
  public let target: Target
  public let steps: Int
  public let quadrature: Quadrature
  public let baseline: Baseline
  /// Whether special tokens stay as they are in the baseline.
  public let keepSpecial: Bool
  public let normalization: Normalization
  private let points: [PathPoint]

  /// - Throws: `AttributionError` with code `usage` where the rule does not have so few points.
  public init(
    id: String = "integrated-gradients", steps: Int = 50, quadrature: Quadrature = .gaussLegendre,
    baseline: Baseline = .pad, keepSpecial: Bool = true, normalization: Normalization = .l2,
    target: Target = .predicted, layer: AttributionLayer = .embeddings
  ) throws {
    self.id = id
    self.steps = steps
    self.quadrature = quadrature
    self.baseline = baseline
    self.keepSpecial = keepSpecial
    self.normalization = normalization
    self.target = target
    self.layer = layer
    points = try quadrature.points(steps: steps)
  }

  public func validate(tokenizer: Tokenizer, labels: [String]) throws {
    _ = try baseline.tokenID(in: tokenizer)
    try target.validate(labels: labels)
  }

  public func request(
    _ encoding: Encoding, targets: [ResolvedTarget], tokenizer: Tokenizer, architecture: any Architecture
  ) throws -> PathRequest {
    PathRequest(
      input: PathEnd(architecture.sequence(ids: encoding.ids, typeIDs: encoding.typeIDs)),
      baseline: Baseline.end(
        of: encoding, replacingWith: try baseline.tokenID(in: tokenizer), keepSpecial: keepSpecial, in: architecture),
      points: points, cotangents: targets.map(\.coefficients))
  }

  public func explanations(
    targets: [ResolvedTarget], outputs: [Float], response: PathResponse
  ) throws -> [Explanation] {
    try targets.enumerated().map { index, target in
      let scores = response.scores[index]
      let sum = scores.reduce(0, +)
      let norm = response.squaredNorms[index].squareRoot()
      guard sum.isFinite, norm.isFinite else {
        throw AttributionError(.notFinite, "\(id): the attribution is not a finite number")
      }
      let (output, start) = (target.value(outputs), target.value(response.baselineOutputs))
      return Explanation(
        method: id, target: target.name, targetIndex: target.index, output: output, baselineOutput: start,
        convergenceDelta: sum - (output - start), steps: points.count, attributions: scores.map(Float.init),
        normalized: normalization.apply(to: scores, fullNorm: norm).map(Float.init), attributionSum: sum,
        attributionNorm: norm)
    }
  }
}
