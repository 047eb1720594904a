import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// Gradient of the output times the input's own value at the attribution layer (arXiv 1312.6034, 1605.01713), one
/// evaluation.
public struct GradientTimesInput: AttributionMethod {
  public let id: String
  public let layer: AttributionLayer
  public let target: Target
  public let output: OutputKind
  public let reduction: Reduction
  public let normalization: Normalization

  /// How a token's product becomes one score.
  public enum Reduction: String, Sendable, CaseIterable {
    /// Its Euclidean norm, as Ecco's saliency of generated tokens (`saliency` on logits in its first version, on
    /// probabilities since 0.1).
    case l2
    /// The signed sum, as Captum's `InputXGradient` summed over the hidden dimension.
    case sum
  }

  public init(
    id: String = "gradient-x-input", reduction: Reduction = .l2, normalization: Normalization = .l1,
    target: Target = .predicted, layer: AttributionLayer = .wordEmbeddings, output: OutputKind = .logit
  ) {
    self.id = id
    self.reduction = reduction
    self.normalization = normalization
    self.target = target
    self.layer = layer
    self.output = output
  }

  public func validate(tokenizer: Tokenizer) throws {}

  /// The gradient at the input, times what separates it from zeros: the input itself.
  public func request(
    _ encoding: Encoding, output: ExplainedOutput, tokenizer: Tokenizer, architecture: any Architecture
  ) throws -> PathRequest {
    let input = output.end(of: encoding, in: architecture)
    return PathRequest(
      input: input,
      baseline: PathEnd(input.sequence, zeroed: Array(repeating: true, count: input.sequence.count)),
      points: [PathPoint(alpha: 1, weight: 1)], cotangents: output.targets.map(\.coefficients),
      readsBaselineOutputs: false)
  }

  public func explanations(
    of output: ExplainedOutput, outputs: [Float], response: PathResponse
  ) throws -> [Explanation] {
    try output.targets.enumerated().map { index, target in
      let scores =
        switch reduction {
        case .sum: response.scores[index]
        case .l2: response.squares[index].map { $0.squareRoot() }
        }
      let sum = scores.reduce(0, +)
      let norm = response.squares[index].reduce(0, +).squareRoot()
      guard sum.isFinite, norm.isFinite else {
        throw AttributionError(.notFinite, "\(id): the attribution is not a finite number")
      }
      return Explanation(
        method: id, target: target.name, targetIndex: target.index, targetPosition: output.position,
        output: target.value(outputs), baselineOutput: nil, convergenceDelta: nil, steps: 1,
        attributions: scores.map(Float.init),
        normalized: normalization.apply(to: scores, fullNorm: norm).map(Float.init), attributionSum: sum,
        attributionNorm: norm)
    }
  }
}
