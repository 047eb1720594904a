import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// A method whose scores belong to features of a text: what the model makes of the text without some of them.
///
/// It needs no gradient. Its copies of a text are token sequences like any other, so that they share packed batches with
/// those of other texts, and equal ones are computed once.
public protocol FeatureMethod: RegisteredMethod {
  var settings: PerturbationSettings { get }
  /// The copies of a text of so many features, at least 1, for estimates of time.
  func copies(features: Int) -> Int
}

/// A feature method that knows from the number of features which copies it needs.
public protocol PerturbationMethod: FeatureMethod {
  /// Which copies of a text it asks for, and what it makes of their values.
  ///
  /// - Parameters:
  ///   - features: of the text, at least 1.
  ///   - seeds: decided by the text, for random numbers.
  /// - Throws: `AttributionError` with code `example` for a text that it cannot explain.
  func design(features: Int, seeds: SampleSeeds) throws -> any PerturbationDesign
}

/// The copies of a text that a method asks for, each with some of the features.
public protocol PerturbationDesign: Sendable {
  /// Copies.
  var count: Int { get }
  /// The features that a copy has, one flag per feature.
  func present(_ copy: Int) -> [Bool]
  /// One score per feature.
  ///
  /// - Parameters:
  ///   - whole: F of the text itself.
  ///   - values: F of each copy.
  func scores(whole: Double, _ values: [Double]) -> [Double]
  /// The copy without any feature, where F of the text is shared out from it on; its scores sum to the difference.
  var emptyCopy: Int? { get }
}

extension PerturbationDesign {
  public var emptyCopy: Int? { nil }
}

extension FeatureMethod {
  public var target: Target { settings.target }
  public var output: OutputKind { settings.output }
  public var layer: AttributionLayer { .embeddings }
  public var rules: BackwardRules? { nil }
  public var explainsContinuations: Bool { true }

  public func cost(tokens: Int) -> MethodCost {
    MethodCost(values: copies(features: settings.features.expectedCount(tokens: tokens)) + fills(tokens: tokens))
  }

  /// Forward passes for the model's own fill of every token.
  func fills(tokens: Int) -> Int { settings.replacement == .model ? tokens : 0 }

  public func validate(tokenizer: Tokenizer) throws {
    if case .token(let baseline) = settings.replacement(for: tokenizer) { _ = try baseline.tokenID(in: tokenizer) }
  }

}

extension PerturbationMethod {
  /// The user's seed for an example.
  func seeds(_ subject: Subject) -> SampleSeeds {
    SampleSeeds(
      ids: subject.encoding.ids, typeIDs: subject.encoding.typeIDs, method: id, seed: randomSeed ?? 0)
  }

  public func begin(_ subject: Subject) throws -> any MethodRun {
    let text = try PerturbedText(subject, settings)
    let design = text.features.isEmpty ? nil : try design(features: text.features.count, seeds: seeds(subject))
    return FilledTextRun(text) { [id, normalization = settings.normalization] text in
      PerturbationRun(method: id, normalization: normalization, text: text, design: design)
    }
  }
}
