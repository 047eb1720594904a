/// What a model decided for one example.
public struct Prediction: Sendable, Equatable {
  /// The class's name, the names of several with commas between them, the answer, the words' labels, what fills the
  /// masks, or the continuation.
  public let label: String
  /// The class, the answer's first token, or the output that was chosen first where several were.
  public let index: Int
  /// Of all that was decided together, in 0...1, as each task says; a regression's value.
  public let probability: Float
  /// Every class's, token by token where each token has a class, or else one per output that was chosen.
  public let logits: [Float]
  /// Where an answer stands in the text's pair, in Unicode scalars; nil where there is no answer to a question.
  public let answer: Range<Int>?
  /// What stands for the label where no text may be told: ids of tokens, or where an answer stands; nil where the label
  /// is made of names of classes.
  public let withoutText: String?

  public init(
    label: String, index: Int, probability: Float, logits: [Float], answer: Range<Int>? = nil,
    withoutText: String? = nil
  ) {
    self.answer = answer
    self.withoutText = withoutText
    self.label = label
    self.index = index
    self.probability = probability
    self.logits = logits
  }
}

/// The answer of one method for one target of one example.
public struct Explanation: Sendable, Equatable {
  /// The method's id in the pipeline.
  public let method: String
  /// Class name, or `A - B` for a contrast.
  public let target: String
  /// nil for a contrast.
  public let targetIndex: Int?
  /// The token that the output is about: generated, masked, or the first of a word or answer; nil for a whole text.
  public let targetPosition: Int?
  /// F(x): the target's output for the example.
  public let output: Double
  /// F(x'): the target's output for the baseline, where the method has one.
  public let baselineOutput: Double?
  /// Sum of attributions - (F(x) - F(x')), signed; under noise the mean over its samples, where it has a meaning.
  ///
  /// Without a baseline, sum of attributions - F(x): see `deltaIsBiases`.
  public internal(set) var convergenceDelta: Double?
  /// Points evaluated, over all noise samples.
  public internal(set) var steps: Int
  /// Whether a tolerance was kept; false for `max_steps` or for the precision's rounding, nil where none was asked for.
  public internal(set) var converged: Bool?
  /// Whether it was asked for in half precision, missed its tolerance there, and was computed again in float32.
  public internal(set) var isRepeated: Bool
  /// Raw signed sum over the hidden dimension, one per token; of the tokens before it for a generated one.
  public let attributions: [Float]
  /// `attributions` normalised as the method asks.
  public let normalized: [Float]
  public let attributionSum: Double
  /// Frobenius norm of the attribution before summing over the hidden dimension.
  public let attributionNorm: Double
  /// What was measured of it, where that was asked for.
  public internal(set) var metrics: [MetricValue]
  /// What tokens have to do with one another, where the method tells it: beside the first target alone where it is the
  /// same for all.
  public internal(set) var pairs: [TokenPair]
  /// What units of layers are to tokens, in the same way.
  public internal(set) var units: [UnitValue]

  public init(
    method: String, target: String, targetIndex: Int?, targetPosition: Int? = nil, output: Double,
    baselineOutput: Double?, convergenceDelta: Double?, steps: Int, attributions: [Float], normalized: [Float],
    attributionSum: Double, attributionNorm: Double, converged: Bool? = nil, isRepeated: Bool = false,
    metrics: [MetricValue] = [], pairs: [TokenPair] = [], units: [UnitValue] = []
  ) {
    self.units = units
    self.metrics = metrics
    self.pairs = pairs
    self.isRepeated = isRepeated
    self.method = method
    self.target = target
    self.targetIndex = targetIndex
    self.targetPosition = targetPosition
    self.output = output
    self.baselineOutput = baselineOutput
    self.convergenceDelta = convergenceDelta
    self.steps = steps
    self.converged = converged
    self.attributions = attributions
    self.normalized = normalized
    self.attributionSum = attributionSum
    self.attributionNorm = attributionNorm
  }
}

extension Explanation {
  /// What a method found for one target of an example.
  ///
  /// - Parameters:
  ///   - scores: one per token, summed over the hidden dimension.
  ///   - squares: sums of squares over the hidden dimension, one per token.
  ///   - baselineOutput: F(x'), where the method has a baseline: the scores' sum then has a delta.
  ///   - explainsOutput: whether the sum has a delta to F(x) itself.
  /// - Throws: `AttributionError` with code `notFinite`.
  init(
    method: String, target: ResolvedTarget, of subject: Subject, output: Double, baselineOutput: Double? = nil,
    scores: [Double], squares: [Double], normalization: Normalization, steps: Int, converged: Bool? = nil,
    explainsOutput: Bool = false
  ) throws {
    let sum = scores.reduce(0, +)
    let norm = squares.reduce(0, +).squareRoot()
    guard sum.isFinite, norm.isFinite else {
      throw AttributionError(.notFinite, "\(method): the attribution is not a finite number")
    }
    self.init(
      method: method, target: target.name, targetIndex: target.index, targetPosition: subject.output.position,
      output: output, baselineOutput: baselineOutput,
      convergenceDelta: (explainsOutput ? 0 : baselineOutput).map { sum - (output - $0) }, steps: steps,
      attributions: scores.map(Float.init),
      normalized: normalization.apply(to: scores, fullNorm: norm).map(Float.init), attributionSum: sum,
      attributionNorm: norm, converged: converged)
  }
}
