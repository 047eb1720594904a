import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// What a model is asked: how a text becomes its input, what it decides, and which of its outputs can be explained.
public protocol ModelTask: Sendable {
  /// What of the model the task needs.
  var head: ModelHead { get }
  /// The rows that decisions are read from.
  var readout: Readout { get }
  /// What the model's outputs are called.
  var outputNames: OutputNames { get }
  /// What makes the probabilities of a decision of the logits; nil where an output is a number that has none.
  var probability: OutputFunction? { get }

  /// A text, or a pair, as one input, or as several windows where it is too long for one.
  ///
  /// - Parameter maxLength: most tokens of a window.
  /// - Throws: `TokenizerError`, or `AttributionError` where the text is nothing that the task could be asked of.
  func windows(of text: String, pair: String?, tokenizer: Tokenizer, maxLength: Int) throws -> [Encoding]

  /// What the model decides of each input; an input of which it cannot decide fails alone.
  func decide(
    _ inputs: [TaskInput], with model: TaskModel
  ) async throws -> [Result<Decision, AttributionError>]

  /// The rows that a target's outputs are read from.
  func readout(of target: Target) -> Readout

  /// Checks a target before anything is scored.
  ///
  /// - Throws: `AttributionError` with code `usage` where the task has no such target.
  func validate(_ target: Target) throws

  /// Checks a method's target, and whether the method can explain it; the target alone unless the task says otherwise.
  ///
  /// - Throws: as `validate(_: Target)`.
  func validate(_ method: any AttributionMethod) throws

  /// The outputs that a target means in one input.
  ///
  /// - Parameter label: the example's own label, where the dataset has one.
  /// - Throws: `AttributionError` with code `example`.
  func outputs(of target: Target, for decision: Decision, label: String?) throws -> [ExplainedOutput]

  /// The classes that a row's label means.
  func classes(of label: RowLabel) -> LabelClasses

  /// Whether a prediction is what a row's label says; nil where that cannot be said.
  ///
  /// - Parameter classes: of the label; none where the task's labels are no classes.
  func isCorrect(_ prediction: Prediction, label: RowLabel, classes: [Int]) -> Bool?

  /// About how many outputs are explained of an input of so many tokens, for estimates of time.
  func expectedOutputs(tokens: Int) -> Int
}

extension ModelTask {
  public var probability: OutputFunction? { .softmax }

  /// What makes what a method explains of the logits.
  ///
  /// - Throws: `AttributionError` with code `usage` for a probability where the task has none, and for its logarithm
  ///   where outputs do not exclude each other.
  func function(of output: OutputKind) throws -> OutputFunction {
    if output == .logit { return .identity }
    guard let probability else {
      throw AttributionError(
        .usage, "the model is a regression, whose output is a number without a probability: explain its logit",
        setting: .output)
    }
    guard output == .logProbability else { return probability }
    guard probability == .softmax else {
      throw AttributionError(
        .usage, "log-probability is for classes or tokens of which one is right: explain the logit or the probability",
        setting: .output)
    }
    return .logSoftmax
  }

  public func windows(of text: String, pair: String?, tokenizer: Tokenizer, maxLength: Int) throws -> [Encoding] {
    [try tokenizer.encode(text, pair: pair, maxLength: maxLength)]
  }

  public func readout(of target: Target) -> Readout { .selectedRow }

  public func classes(of label: RowLabel) -> LabelClasses { .none }

  public func isCorrect(_ prediction: Prediction, label: RowLabel, classes: [Int]) -> Bool? { nil }

  public func expectedOutputs(tokens: Int) -> Int { 1 }

  public func validate(_ method: any AttributionMethod) throws {
    try validate(method.target)
    try requireNoFill(method)
  }

  /// Checks that a method does not ask a model for a fill that is not there to be asked.
  func requireNoFill(_ method: any AttributionMethod) throws {
    guard (method as? any FeatureMethod)?.settings.replacement == .model else { return }
    throw AttributionError(
      .usage, "a model's own fill takes a masked language model, of the task fill-mask: name a token, or 'remove'",
      setting: .replacement)
  }

  public func validate(_ target: Target) throws {
    try target.requireClasses(of: outputNames)
  }
}

/// One example as a task takes it.
public struct TaskInput: Sendable {
  public let text: String
  public let pair: String?
  public let label: RowLabel?
  /// What people marked in the text; nil where nothing is known of that.
  public let rationale: TextSpans?
  /// The parts of the text that methods with `features: spans` take out; nil where none are given.
  public let spans: TextSpans?
  /// One, or several where the text is too long.
  public let windows: [Encoding]

  public init(
    text: String, pair: String? = nil, label: RowLabel? = nil, rationale: TextSpans? = nil, spans: TextSpans? = nil,
    windows: [Encoding]
  ) {
    self.spans = spans
    self.text = text
    self.pair = pair
    self.label = label
    self.rationale = rationale
    self.windows = windows
  }
}

/// What a model decided of one input.
public struct Decision: Sendable {
  /// What the model read: the window that the decision comes from, with the tokens that it generated.
  public let encoding: Encoding
  public let prediction: Prediction
  /// The positions that the decision is about, with the output that it chose at each.
  public let choices: [Choice]
  /// The model's outputs [C] where one vector of them is the whole decision.
  public let outputs: [Float]?
  /// The tokens that the decision is a choice among, one flag per token; empty where it is not a choice of a token.
  public let candidates: [Bool]

  /// An output at a position.
  public struct Choice: Sendable, Equatable {
    public let position: Int
    public let index: Int

    public init(position: Int, index: Int) {
      self.position = position
      self.index = index
    }
  }

  public init(
    encoding: Encoding, prediction: Prediction, choices: [Choice] = [], outputs: [Float]? = nil,
    candidates: [Bool] = []
  ) {
    self.candidates = candidates
    self.outputs = outputs
    self.encoding = encoding
    self.prediction = prediction
    self.choices = choices
  }
}

/// A place of a model's output that is explained, for one or more targets.
public struct ExplainedOutput: Sendable {
  /// Tokens of the encoding that the model reads; nil for all.
  public let tokenCount: Int?
  /// The token whose row is read; nil for the one that the family's classifiers read.
  public let selectedRow: Int?
  /// The token that the output is about, for the tables; nil where it is about the whole text.
  public let position: Int?
  /// The tokens that a softmax over tokens is over, one flag per token; empty for all.
  public let candidates: [Bool]
  /// The tokens whose log-probabilities are explained instead of what is read from a row; nil for the row.
  public let continuation: Continuation?
  public let targets: [ResolvedTarget]

  /// Whether it is what the family's classifiers read of the whole text.
  var isWhole: Bool { tokenCount == nil && selectedRow == nil }

  public init(
    tokenCount: Int? = nil, selectedRow: Int? = nil, position: Int? = nil, candidates: [Bool] = [],
    continuation: Continuation? = nil, targets: [ResolvedTarget]
  ) {
    self.continuation = continuation
    self.candidates = candidates
    self.tokenCount = tokenCount
    self.selectedRow = selectedRow
    self.position = position
    self.targets = targets
  }
}

/// A loaded model as tasks use it.
public struct TaskModel: Sendable {
  let tokenizer: Tokenizer
  let architecture: any Architecture
  let prepared: any PreparedModel
  /// The program that decisions are made with.
  let program: Int
  /// Tokens that end what the model generates.
  var endTokens: Set<Int32> = []

  /// Logits of each input: C, or C a token where the task reads every token.
  ///
  /// - Parameter row: the row to read of each, where it is not the one that the family's classifiers read.
  func logits(of encodings: [Encoding], rows: [Int]? = nil) async throws -> [[Float]] {
    try await prepared.outputs(
      program: program,
      of: encodings.enumerated().map { index, encoding in
        var sequence = architecture.sequence(ids: encoding.ids, typeIDs: encoding.modelTypeIDs)
        if let rows { sequence.selectedRow = rows[index] }
        return PathEnd(sequence)
      })
  }
}
