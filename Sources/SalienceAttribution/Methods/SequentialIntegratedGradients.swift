import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// Sequential integrated gradients (arXiv 2305.15853): for each token, the integral along the path on which it alone
/// comes in.
///
/// A token's score is F(x) - F(x without it), as far as the integral is exact: what leave-one-out finds, by gradients.
public struct SequentialIntegratedGradients: RegisteredMethod {
  public static let name = "sequential-integrated-gradients"
  public static let summary = "for each token the integral along the path on which it alone comes in"

  static let normalizeSetting = Normalization.setting(fallback: .l2)
  static let layerSetting = AttributionLayer.setting(fallback: .embeddings)
  public static let settings: [any SettingDeclaration] = [
    IntegratedGradients.stepsSetting, IntegratedGradients.quadratureSetting, Baseline.setting,
    IntegratedGradients.keepSpecialSetting, normalizeSetting, Target.setting, layerSetting, OutputKind.setting,
  ]

  public let id: String
  public let layer: AttributionLayer
  public let target: Target
  public let output: OutputKind
  public let normalization: Normalization
  public let steps: Int
  public let quadrature: Quadrature
  public let baseline: Baseline
  /// Whether special tokens stay as they are and have no path.
  public let keepSpecial: Bool
  private let points: [PathPoint]

  /// - Throws: `AttributionError` with code `usage` where the rule does not have so few points, and for a layer in which
  ///   no token is alone.
  public init(
    id: String = name, steps: Int = IntegratedGradients.stepsSetting.fallback,
    quadrature: Quadrature = IntegratedGradients.quadratureSetting.fallback, baseline: Baseline = .pad,
    keepSpecial: Bool = true, normalization: Normalization = .l2, target: Target = .predicted,
    layer: AttributionLayer = .embeddings, output: OutputKind = .logit
  ) throws {
    points = try quadrature.points(steps: steps)
    if case .encoder = layer {
      throw AttributionError(.usage, "\(Self.name) replaces a token's embedding: not at \(layer)", setting: .layer)
    }
    self.id = id
    self.steps = steps
    self.quadrature = quadrature
    self.baseline = baseline
    self.keepSpecial = keepSpecial
    self.normalization = normalization
    self.target = target
    self.layer = layer
    self.output = output
  }

  public init(id: String, settings: any SettingsReader) throws {
    let (steps, quadrature) = try IntegratedGradients.fixedRule(settings)
    let layer = try Self.layerSetting.value(in: settings)
    if case .encoder = layer {
      throw settings.fault(Self.layerSetting.key, "must be embeddings or word-embeddings for \(Self.name)")
    }
    try self.init(
      id: id, steps: steps, quadrature: quadrature, baseline: try Baseline.setting.value(in: settings),
      keepSpecial: try IntegratedGradients.keepSpecialSetting.value(in: settings),
      normalization: try Self.normalizeSetting.value(in: settings), target: try Target.setting.value(in: settings),
      layer: layer, output: try OutputKind.setting.value(in: settings))
  }

  public var values: [JSONMember] {
    [
      Target.setting.member(target), Self.layerSetting.member(layer), OutputKind.setting.member(output),
      Self.normalizeSetting.member(normalization), IntegratedGradients.stepsSetting.member(steps),
      IntegratedGradients.quadratureSetting.member(quadrature), Baseline.setting.member(baseline),
      IntegratedGradients.keepSpecialSetting.member(keepSpecial),
    ]
  }

  /// Tokens of paths that are asked for together: the ends of all of them are in memory at once.
  private static let tokensOfRound = 4096

  /// Paths that are asked for together, of a text of so many tokens.
  private static func pathsOfRound(tokens: Int) -> Int { max(1, tokensOfRound / max(1, tokens)) }

  public func cost(tokens: Int) -> MethodCost {
    let paths = min(tokens, Self.pathsOfRound(tokens: tokens))
    return MethodCost(evaluations: steps * tokens, evaluationsPerRound: steps * paths, paths: paths)
  }

  public func validate(tokenizer: Tokenizer) throws { _ = try baseline.tokenID(in: tokenizer) }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    let id = try baseline.tokenID(in: subject.tokenizer)
    let input = subject.input
    let special = subject.encoding.special
    let tokens = input.sequence.wordIDs.indices.filter { !(keepSpecial && special[$0]) }
    // Positions are the input's own, so that nothing but the token's own vector changes.
    let ends = tokens.map { token in
      guard let id else {
        return PathEnd(input.sequence, zeroed: input.sequence.wordIDs.indices.map { $0 == token })
      }
      var sequence = input.sequence
      sequence.wordIDs[token] = id
      return PathEnd(sequence)
    }
    return Run(method: self, subject: subject, tokens: tokens, ends: ends)
  }

  private struct Run: MethodRun {
    let method: SequentialIntegratedGradients
    let subject: Subject
    /// Those that have a path, and where each begins.
    let tokens: [Int]
    let ends: [PathEnd]
    /// What has been answered: F(x), and the paths of the first tokens.
    var outputs: [Double] = []
    var paths: [PathResponse] = []

    mutating func next(_ answers: [Answer]) throws -> Step {
      let coefficients = subject.coefficients
      if answers.isEmpty { return .ask([.values(subject.input, coefficients: coefficients)] + round()) }
      let isFirst = outputs.isEmpty
      if isFirst { outputs = try answers.values(at: 0) }
      paths += try answers.indices.dropFirst(isFirst ? 1 : 0).map { try answers.path(at: $0) }
      if paths.count < ends.count { return .ask(round()) }
      return .finish(try explanations())
    }

    /// The next tokens' paths.
    private func round() -> [Ask] {
      let count = SequentialIntegratedGradients.pathsOfRound(tokens: subject.input.sequence.count)
      return ends[paths.count..<min(ends.count, paths.count + count)].map {
        .path(
          PathRequest(
            input: subject.input, baseline: $0, points: method.points, cotangents: subject.coefficients,
            readsBaselineOutputs: false))
      }
    }

    private func explanations() throws -> [Explanation] {
      try subject.output.targets.enumerated().map { index, target in
        var scores = Array(repeating: 0.0, count: subject.input.sequence.count)
        var squares = scores
        for (token, path) in zip(tokens, paths) {
          scores[token] = path.scores[index][token]
          squares[token] = path.squares[index][token]
        }
        return try Explanation(
          method: method.id, target: target, of: subject, output: outputs[index], scores: scores, squares: squares,
          normalization: method.normalization, steps: method.steps * tokens.count)
      }
    }
  }
}
