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

  /// The outputs that a target means in one input.
  ///
  /// - Parameter label: the example's own label, where the dataset has one.
  /// - Throws: `AttributionError` with code `example`.
  func outputs(of target: Target, for decision: Decision, label: String?) throws -> [ExplainedOutput]

  /// About how many outputs are explained of an input of so many tokens, for estimates of time.
  func expectedOutputs(tokens: Int) -> Int
}

extension ModelTask {
  public func windows(of text: String, pair: String?, tokenizer: Tokenizer, maxLength: Int) throws -> [Encoding] {
    [try tokenizer.encode(text, pair: pair, maxLength: maxLength)]
  }

  public func readout(of target: Target) -> Readout { .selectedRow }

  public func expectedOutputs(tokens: Int) -> Int { 1 }

  public func validate(_ target: Target) throws {
    for name in target.classNames { _ = try outputNames.resolve(name) }
  }
}

/// One example as a task takes it.
public struct TaskInput: Sendable {
  public let text: String
  public let pair: String?
  public let label: String?
  /// One, or several where the text is too long.
  public let windows: [Encoding]

  public init(text: String, pair: String? = nil, label: String? = nil, windows: [Encoding]) {
    self.text = text
    self.pair = pair
    self.label = label
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

  /// An output at a position.
  public struct Choice: Sendable, Equatable {
    public let position: Int
    public let index: Int

    public init(position: Int, index: Int) {
      self.position = position
      self.index = index
    }
  }

  public init(encoding: Encoding, prediction: Prediction, choices: [Choice] = [], outputs: [Float]? = nil) {
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
  public let targets: [ResolvedTarget]

  /// Whether it is what the family's classifiers read of the whole text.
  var isWhole: Bool { tokenCount == nil && selectedRow == nil }

  public init(
    tokenCount: Int? = nil, selectedRow: Int? = nil, position: Int? = nil, targets: [ResolvedTarget]
  ) {
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
