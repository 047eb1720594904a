import SalienceDatasets
import SalienceReports
import SalienceTokenizers

/// A loaded model with the pipeline's methods: what a run needs of it.
public protocol ModelScorer: Sendable {
  /// Tokens that a batch holds at most, unless one row has more.
  var tokenBudget: Int { get }
  /// Batches to keep in flight.
  var concurrency: Int { get }

  /// Turns an example into tokens.
  ///
  /// - Throws: where it cannot be: the row is quarantined at the stage `tokenize`.
  func encode(_ example: Example) throws -> Encoding

  /// Scores a batch; one result a row, in the same order. A row that cannot be scored fails alone.
  ///
  /// - Throws: where nothing can be scored any more: the run stops.
  func score(_ batch: [EncodedExample]) async throws -> [Result<ScoredExample, RowFailure>]
}

/// An example and its tokens.
public struct EncodedExample: Sendable {
  public let example: Example
  public let encoding: Encoding

  public init(example: Example, encoding: Encoding) {
    self.example = example
    self.encoding = encoding
  }
}

/// Why one row cannot be scored.
public struct RowFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// One line without the user's text.
  public let message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}
