import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// A method of attribution: what it asks a model for one example, and what it makes of the answers.
///
/// A method knows neither a model family nor a backend.
public protocol AttributionMethod: Sendable {
  /// Fills the tables' `method` column.
  var id: String { get }
  var target: Target { get }
  /// Where scores are taken.
  var layer: AttributionLayer { get }
  /// Whether scores explain logits or probabilities.
  var output: OutputKind { get }
  /// The settings with every default filled in, as `run.json` shows them.
  var values: [JSONMember] { get }
  /// Where the path lies; the layer itself unless said otherwise.
  var pathLayer: AttributionLayer { get }
  /// How gradients pass the model's ops; nil for a method that asks for values alone.
  var rules: BackwardRules? { get }
  /// Whether it asks for values by `OutputQuestion` alone, so that it can explain a language model's whole continuation.
  var explainsContinuations: Bool { get }
  /// What attention the method asks for; nil for a method that asks for none.
  var attention: AttentionReading? { get }
  /// Values inside the model that the method asks for, and those whose gradients it asks for.
  func taps(of architecture: any Architecture) -> (values: [Tap], gradients: [Tap])
  /// Whether points are chosen example by example, to keep a tolerance.
  var hasTolerance: Bool { get }
  /// The user's seed, where the method draws random numbers.
  var randomSeed: UInt64? { get }

  /// What an example of so many tokens takes, for plans of memory and time.
  func cost(tokens: Int) -> MethodCost

  /// The texts of the dataset that the method compares every text with; nil where it needs none.
  var drawnTexts: TextSample? { get }

  /// The method with those texts.
  func comparing(with texts: [String]) -> any AttributionMethod

  /// Checks layers and their parts against a model, of which no weight is read.
  ///
  /// - Throws: `AttributionError` with code `usage` and the setting.
  func validate(for architecture: any Architecture, head: ModelHead) throws

  /// Checks the settings against a model's tokenizer before anything is scored; the task checks the target.
  func validate(tokenizer: Tokenizer) throws

  /// Begins with one output of one example.
  ///
  /// - Throws: `AttributionError` where the example cannot be explained.
  func begin(_ subject: Subject) throws -> any MethodRun
}

extension AttributionMethod {
  public var output: OutputKind { .logit }
  public var pathLayer: AttributionLayer { layer }
  public var hasTolerance: Bool { false }
  public var randomSeed: UInt64? { nil }
  public var rules: BackwardRules? { .exact }
  public var explainsContinuations: Bool { false }
  public var drawnTexts: TextSample? { nil }
  public func comparing(with texts: [String]) -> any AttributionMethod { self }
  public var attention: AttentionReading? { nil }
  public func taps(of architecture: any Architecture) -> (values: [Tap], gradients: [Tap]) {
    (attention?.taps(of: architecture) ?? [], attention?.gradients(of: architecture) ?? [])
  }
  public func validate(for architecture: any Architecture, head: ModelHead) throws {
    try attention?.selection.validate(for: architecture, head: head)
  }
  public func validate(tokenizer: Tokenizer) throws {}
}

/// A method that pipeline files can name: one file, and one line in `MethodRegistry`.
///
/// Pipeline files, `--help`, run records, plans and the reference pages take what they need from its declaration.
public protocol RegisteredMethod: AttributionMethod {
  /// What pipeline files call the method.
  static var name: String { get }
  /// What it does, in a phrase.
  static var summary: String { get }
  /// Every key beside `name` and `id`, in the order in which they are listed.
  static var settings: [any SettingDeclaration] { get }

  /// Reads the method's settings.
  ///
  /// - Parameter id: fills the tables' `method` column.
  /// - Throws: an error that names the key at fault and its place.
  init(id: String, settings: any SettingsReader) throws
}

/// What a method is to explain: an output of an example, for one or several targets.
public struct Subject: Sendable {
  public let encoding: Encoding
  public let output: ExplainedOutput
  public let tokenizer: Tokenizer
  public let architecture: any Architecture
  /// Which of the last layer's rows become the output.
  public let readout: Readout
  /// What the model reads for the output.
  public let input: PathEnd
  /// The parts of the text that are features where a method asks for that; nil where none are given.
  public let spans: TextSpans?

  public init(
    encoding: Encoding, output: ExplainedOutput, tokenizer: Tokenizer, architecture: any Architecture,
    readout: Readout = .selectedRow, spans: TextSpans? = nil
  ) {
    self.readout = readout
    self.spans = spans
    self.encoding = encoding
    self.output = output
    self.tokenizer = tokenizer
    self.architecture = architecture
    input = output.end(of: encoding, in: architecture)
  }

  /// One row of C coefficients per target.
  public var coefficients: [[Float]] { output.targets.map(\.coefficients) }

  /// The tokens whose rows of the last layer the output is made of.
  var readTokens: [Int] {
    readout == .selectedRow ? [input.sequence.selectedRow] : Array(0..<input.sequence.count)
  }
}

/// What a method's questions about one output of an example take.
public struct MethodCost: Sendable, Equatable {
  /// Gradients that are computed in all; with a tolerance, as many as are usual.
  public let evaluations: Int
  /// Those, or the forward passes, that are computed together.
  ///
  /// Later rounds of a tolerance have fewer, of fewer and fewer examples; more examples in a submission keep their batches
  /// full.
  public let evaluationsPerRound: Int
  /// Paths whose ends and summed gradients are held at once.
  public let paths: Int
  /// Gradients at single points that are held instead of their sums.
  public let heldGradients: Int
  /// Forward passes over changed inputs, beside the gradients.
  public let values: Int

  /// Tokens of a text for which a submission is sized before any text is seen.
  public static let usualTokens = 32

  public init(
    evaluations: Int = 0, evaluationsPerRound: Int? = nil, paths: Int = 1, heldGradients: Int = 0, values: Int = 0
  ) {
    self.evaluations = evaluations
    self.evaluationsPerRound = evaluationsPerRound ?? max(evaluations, values)
    self.values = values
    self.paths = paths
    self.heldGradients = heldGradients
  }

  /// Elements that are held of each token of an example at once: both ends of its paths, and the gradients or their sums.
  public func heldElementsPerToken(of program: PathProgram) -> Int {
    let gradients = heldGradients > 0 ? (heldGradients + 1) * program.width : paths * program.sumWidth
    return 2 * paths * program.endWidth + gradients
  }
}
