import SalienceAttribution
import SalienceDatasets
import SalienceFoundation
import SalienceReports
import SalienceTokenizers

/// A loaded model with the pipeline's methods: what a run needs of it.
public protocol ModelScorer: Sendable {
  /// Tokens that a batch holds at most, unless one row has more.
  var tokenBudget: Int { get }
  /// Batches to keep in flight.
  var concurrency: Int { get }

  /// Turns an example into tokens: one input of the model, or several windows of a long one.
  ///
  /// - Throws: where it cannot be: the row is quarantined at the stage `tokenize`.
  func encode(_ example: Example) throws -> [Encoding]

  /// What scoring the row takes beside others, in any unit.
  func work(_ row: EncodedExample) -> Double

  /// Scores a batch; one result a row, in the same order. A row that cannot be scored fails alone.
  ///
  /// - Throws: where nothing can be scored any more: the run stops.
  func score(_ batch: [EncodedExample]) async throws -> [Result<ScoredExample, RowFailure>]

  /// What the label of a scored row comes to.
  func meaning(of scored: ScoredExample) -> LabelMeaning
}

extension ModelScorer {
  public func meaning(of scored: ScoredExample) -> LabelMeaning { LabelMeaning() }

  /// A scored row with what its tables hold besides: the file it is from, and what its label comes to.
  func completed(_ scored: ScoredExample, from file: String) -> ScoredExample {
    var scored = scored
    scored.datasetFile = file
    scored.meaning = meaning(of: scored)
    return scored
  }
}

extension ModelScorer {
  /// The row's tokens.
  public func work(_ row: EncodedExample) -> Double { Double(row.tokenCount) }
}

/// An example and its tokens.
public struct EncodedExample: Sendable {
  public let example: Example
  public let windows: [Encoding]

  public init(example: Example, windows: [Encoding]) {
    self.example = example
    self.windows = windows
  }

  /// Tokens of all windows.
  public var tokenCount: Int { windows.reduce(0) { $0 + $1.count } }
}

/// Why one row cannot be scored.
public struct RowFailure: Fault, Equatable {
  /// One line without the user's text.
  public let message: String

  public init(_ message: String) { self.message = message }

  public var kind: FaultKind { .data }
}
