import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// Integrated gradients (arXiv 1703.01365), as Captum's `LayerIntegratedGradients` where the quadrature is fixed.
public struct IntegratedGradients: AttributionMethod {
  public let id: String
  public let layer: AttributionLayer
  public let target: Target
  public let baseline: Baseline
  /// Whether special tokens stay as they are in the baseline.
  public let keepSpecial: Bool
  public let normalization: Normalization
  public let rule: Rule
  public let output: OutputKind

  /// How the path integral is approximated.
  public enum Rule: Sendable, Equatable {
    /// The same points for every example, in ascending order of α.
    case fixed([PathPoint])
    /// Points chosen for each example.
    case adaptive(AdaptiveQuadrature)
  }

  /// - Throws: `AttributionError` with code `usage` where the rule does not have so few points.
  public init(
    id: String = "integrated-gradients", steps: Int = 50, quadrature: Quadrature = .gaussLegendre,
    baseline: Baseline = .pad, keepSpecial: Bool = true, normalization: Normalization = .l2,
    target: Target = .predicted, layer: AttributionLayer = .embeddings, output: OutputKind = .logit
  ) throws {
    let points = try quadrature.points(steps: steps)
    self.init(
      id: id, rule: .fixed(points), baseline: baseline, keepSpecial: keepSpecial, normalization: normalization,
      target: target, layer: layer, output: output)
  }

  public init(
    id: String = "integrated-gradients", rule: Rule, baseline: Baseline = .pad, keepSpecial: Bool = true,
    normalization: Normalization = .l2, target: Target = .predicted, layer: AttributionLayer = .embeddings,
    output: OutputKind = .logit
  ) {
    self.id = id
    self.rule = rule
    self.baseline = baseline
    self.keepSpecial = keepSpecial
    self.normalization = normalization
    self.target = target
    self.layer = layer
    self.output = output
  }

  public var hasTolerance: Bool {
    if case .adaptive = rule { true } else { false }
  }

  public func validate(tokenizer: Tokenizer) throws { _ = try baseline.tokenID(in: tokenizer) }

  public func request(
    _ encoding: Encoding, output: ExplainedOutput, tokenizer: Tokenizer, architecture: any Architecture
  ) throws -> PathRequest {
    let input = output.end(of: encoding, in: architecture)
    let start = baseline.end(
      of: encoding, output: output, replacingWith: try baseline.tokenID(in: tokenizer), keepSpecial: keepSpecial,
      at: layer, in: architecture)
    let cotangents = output.targets.map(\.coefficients)
    switch rule {
    case .fixed(let points):
      return PathRequest(input: input, baseline: start, points: points, cotangents: cotangents)
    case .adaptive(let quadrature):
      return PathRequest(input: input, baseline: start, refinement: quadrature, cotangents: cotangents)
    }
  }

  public func explanations(
    of output: ExplainedOutput, outputs: [Float], response: PathResponse
  ) throws -> [Explanation] {
    try output.targets.enumerated().map { index, target in
      let scores = response.scores[index]
      let sum = scores.reduce(0, +)
      let norm = response.squares[index].reduce(0, +).squareRoot()
      guard sum.isFinite, norm.isFinite else {
        throw AttributionError(.notFinite, "\(id): the attribution is not a finite number")
      }
      let (end, start) = (target.value(outputs), target.value(response.baselineOutputs))
      return Explanation(
        method: id, target: target.name, targetIndex: target.index, targetPosition: output.position, output: end,
        baselineOutput: start, convergenceDelta: sum - (end - start), steps: response.pointCount,
        attributions: scores.map(Float.init),
        normalized: normalization.apply(to: scores, fullNorm: norm).map(Float.init), attributionSum: sum,
        attributionNorm: norm, converged: hasTolerance ? response.converged : nil)
    }
  }
}
