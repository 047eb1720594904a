import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// Integrated gradients (arXiv 1703.01365), as Captum's `LayerIntegratedGradients` where the quadrature is fixed.
public struct IntegratedGradients: RegisteredMethod {
  public static let name = "integrated-gradients"
  public static let summary = "the gradient's integral along the path from a baseline to the text"

  public let id: String
  public let layer: AttributionLayer
  public let target: Target
  public let baseline: Baseline
  /// Whether special tokens stay as they are in the baseline.
  public let keepSpecial: Bool
  public let normalization: Normalization
  public let reduction: Reduction
  public let rule: Rule
  public let output: OutputKind
  /// A fixed rule's, computed once for all examples.
  private let points: Result<[PathPoint], any Error>

  /// How a token's attribution becomes one score: `GradientTimesInput.Reduction.sum`, which completeness is of, or its
  /// length, as inseq and Ecco have it.
  public typealias Reduction = GradientTimesInput.Reduction

  /// How the path integral is approximated.
  public enum Rule: Sendable, Equatable {
    /// The same points for every example.
    case fixed(steps: Int, quadrature: Quadrature)
    /// Points of one's own for every example, in ascending order of α.
    case points([PathPoint])
    /// Points chosen for each example.
    case adaptive(AdaptiveQuadrature)

    /// The points that every example has; none where they are chosen.
    fileprivate func points() throws -> [PathPoint] {
      switch self {
      case .fixed(let steps, let quadrature): try quadrature.points(steps: steps)
      case .points(let points): points
      case .adaptive: []
      }
    }
  }

  /// - Throws: `AttributionError` with code `usage` where the rule does not have so few points.
  public init(
    id: String = name, steps: Int = stepsSetting.fallback, quadrature: Quadrature = quadratureSetting.fallback,
    baseline: Baseline = .pad, keepSpecial: Bool = true, reduction: Reduction = .sum,
    normalization: Normalization = .l2, target: Target = .predicted, layer: AttributionLayer = .embeddings,
    output: OutputKind = .logit
  ) throws {
    _ = try quadrature.points(steps: steps)
    self.init(
      id: id, rule: .fixed(steps: steps, quadrature: quadrature), baseline: baseline, keepSpecial: keepSpecial,
      reduction: reduction, normalization: normalization, target: target, layer: layer, output: output)
  }

  public init(
    id: String = name, rule: Rule, baseline: Baseline = .pad, keepSpecial: Bool = true, reduction: Reduction = .sum,
    normalization: Normalization = .l2, target: Target = .predicted, layer: AttributionLayer = .embeddings,
    output: OutputKind = .logit
  ) {
    self.id = id
    self.rule = rule
    points = Result { try rule.points() }
    self.baseline = baseline
    self.keepSpecial = keepSpecial
    self.reduction = reduction
    self.normalization = normalization
    self.target = target
    self.layer = layer
    self.output = output
  }

  public var hasTolerance: Bool {
    if case .adaptive = rule { true } else { false }
  }

  public func validate(tokenizer: Tokenizer) throws { _ = try baseline.tokenID(in: tokenizer) }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    let start = baseline.end(
      of: subject.encoding, output: subject.output, replacingWith: try baseline.tokenID(in: subject.tokenizer),
      keepSpecial: keepSpecial, at: layer, in: subject.architecture)
    return Run(method: self, subject: subject, baseline: start)
  }

  private func request(from baseline: PathEnd, to input: PathEnd, _ coefficients: [[Float]]) throws -> PathRequest {
    if case .adaptive(let quadrature) = rule {
      return PathRequest(input: input, baseline: baseline, refinement: quadrature, cotangents: coefficients)
    }
    return PathRequest(input: input, baseline: baseline, points: try points.get(), cotangents: coefficients)
  }

  private struct Run: MethodRun {
    let method: IntegratedGradients
    let subject: Subject
    let baseline: PathEnd

    mutating func next(_ answers: [Answer]) throws -> Step {
      if answers.isEmpty {
        let (input, coefficients) = (subject.input, subject.coefficients)
        let request = try method.request(from: baseline, to: input, coefficients)
        return .ask([.values(input, coefficients: coefficients), .path(request)])
      }
      let (ends, path) = (try answers.values(at: 0), try answers.path(at: 1))
      return .finish(
        try subject.output.targets.enumerated().map { index, target in
          let start = target.value(path.baselineOutputs)
          let isSum = method.reduction == .sum
          var explanation = try Explanation(
            method: method.id, target: target, of: subject, output: ends[index], baselineOutput: start,
            scores: isSum ? path.scores[index] : path.squares[index].map { $0.squareRoot() },
            squares: path.squares[index], normalization: method.normalization, steps: path.pointCount,
            converged: method.hasTolerance ? path.converged : nil)
          // Lengths sum to nothing; the integral's own delta says as much of them.
          if !isSum { explanation.convergenceDelta = path.scores[index].reduce(0, +) - (ends[index] - start) }
          return explanation
        })
    }
  }
}
