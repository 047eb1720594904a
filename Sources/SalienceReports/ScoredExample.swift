import SalienceAttribution
import SalienceDatasets
import SalienceTokenizers

/// Everything the tables hold of one example that was scored.
public struct ScoredExample: Sendable {
  /// `empty` where the text has no characters: it was scored as its special tokens.
  public enum Status: String, Sendable { case ok, empty }

  public let example: Example
  public let encoding: Encoding
  public let prediction: Prediction
  /// One a method and target, methods in pipeline order.
  public let explanations: [Explanation]
  public let status: Status

  public init(
    example: Example, encoding: Encoding, prediction: Prediction, explanations: [Explanation], status: Status
  ) {
    self.example = example
    self.encoding = encoding
    self.prediction = prediction
    self.explanations = explanations
    self.status = status
  }
}

/// A row of the errors table.
public struct FailedRow: Sendable, Equatable {
  /// Where the row failed.
  public enum Stage: String, Sendable { case read, tokenize, score }

  public let datasetFile: String
  public let row: Int64
  public let exampleID: String?
  public let stage: Stage
  /// Names line, byte offset and column where they are known; never the user's text.
  public let message: String

  public init(datasetFile: String, row: Int64, exampleID: String?, stage: Stage, message: String) {
    self.datasetFile = datasetFile
    self.row = row
    self.exampleID = exampleID
    self.stage = stage
    self.message = message
  }
}
