import SalienceJSON

/// Owen values over a tree of sentences, words and tokens, as SHAP's `PartitionExplainer` (Owen, Values of games with a
/// priori unions, 1977): a part of the text and its neighbour share what they do together, then the part's own parts
/// share that.
///
/// Parts that change the output most are divided first. What `samples` does not reach is shared equally by the features
/// below a part, so the scores sum to F(x) - F(x without all features) in any case.
public struct PartitionSHAP: FeatureMethod {
  public static let name = "partition-shap"
  public static let summary = "Owen values over a tree of sentences, words and tokens"
  public static let samplesSetting = Setting.integer("samples", in: 4...100_000, fallback: 500, help: "most copies")
  public static let settings: [any SettingDeclaration] = [samplesSetting] + PerturbationSettings.declarations

  public let id: String
  public let samples: Int
  public let settings: PerturbationSettings

  public init(
    id: String = name, samples: Int = samplesSetting.fallback, settings: PerturbationSettings = PerturbationSettings()
  ) {
    self.id = id
    self.samples = samples
    self.settings = settings
  }

  public init(id: String, settings: any SettingsReader) throws {
    self.init(
      id: id, samples: try Self.samplesSetting.value(in: settings), settings: try PerturbationSettings(settings))
  }

  public var values: [JSONMember] { settings.values + [Self.samplesSetting.member(samples)] }

  /// Each level of a balanced tree has twice the nodes, in twice the contexts.
  public func copies(features: Int) -> Int { min(samples, max(2, features * features)) }

  public func cost(tokens: Int) -> MethodCost {
    MethodCost(
      evaluationsPerRound: OwenValues.copiesPerRound,
      values: copies(features: settings.features.expectedCount(tokens: tokens)) + fills(tokens: tokens))
  }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    let text = try PerturbedText(subject, settings)
    let tree = text.features.isEmpty ? nil : FeatureTree(text.features, of: subject.encoding)
    return FilledTextRun(text) { Run(method: self, text: $0, tree: tree) }
  }

  private struct Run: MethodRun {
    let method: PartitionSHAP
    let text: PerturbedText
    /// nil for a text without features, whose scores are 0.
    let tree: FeatureTree?
    /// F of the text itself, one per target, once it is known.
    private var whole: [Double] = []
    private var owen: OwenValues?
    /// What was asked last.
    private var asked: [OutputQuestion] = []

    init(method: PartitionSHAP, text: PerturbedText, tree: FeatureTree?) {
      self.method = method
      self.text = text
      self.tree = tree
    }

    mutating func next(_ answers: [Answer]) throws -> Step {
      let subject = text.subject
      let values = try asked.values(of: answers)
      if values.isEmpty {
        let none = tree.map { [[Bool](repeating: false, count: $0.leafCount)] } ?? []
        asked = [OutputQuestion(at: subject.input, of: subject)] + (try questions(none))
        return .ask(asked.flatMap(\.asks))
      }
      if whole.isEmpty {
        whole = values[0]
        if let tree {
          // The whole text and the empty one are two of the copies.
          owen = OwenValues(tree, none: values[1], all: whole, copies: method.samples - 2)
        }
      } else {
        owen?.take(values)
      }
      asked = try questions(owen?.nextCopies() ?? [])
      return asked.isEmpty ? .finish(try explanations()) : .ask(asked.flatMap(\.asks))
    }

    private func questions(_ copies: [[Bool]]) throws -> [OutputQuestion] {
      try copies.map { OutputQuestion(at: try text.end($0), of: text.subject) }
    }

    private func explanations() throws -> [Explanation] {
      try text.subject.output.targets.enumerated().map { index, target in
        let scores = text.tokenScores(owen?.scores(of: index) ?? [])
        return try Explanation(
          method: method.id, target: target, of: text.subject, output: whole[index],
          baselineOutput: owen?.none[index], scores: scores, squares: scores.map { $0 * $0 },
          normalization: method.settings.normalization, steps: owen.map { $0.evaluated + 2 } ?? 1)
      }
    }
  }
}
