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
  /// One per method and target, methods in pipeline order.
  public let explanations: [Explanation]
  public let status: Status
  /// The file that the row is from; empty where there is none.
  public var datasetFile = ""
  /// What the row's label comes to beside the prediction.
  public var meaning = LabelMeaning()
  /// What the methods' questions took.
  public var seconds: [MethodTime] = []

  public init(
    example: Example, encoding: Encoding, prediction: Prediction, explanations: [Explanation], status: Status
  ) {
    self.example = example
    self.encoding = encoding
    self.prediction = prediction
    self.explanations = explanations
    self.status = status
  }

  /// Whether the prediction is made of names of classes, and not of text.
  var answersInClasses: Bool { prediction.withoutText == nil }

  /// The target's name where no text may be told: the id of a target that is a token.
  func withoutText(_ explanation: Explanation) -> String {
    guard !answersInClasses, prediction.answer == nil, let index = explanation.targetIndex else {
      return explanation.target
    }
    return String(index)
  }

  /// What the model wrote after the text, without the text; nil where it wrote nothing.
  public var generated: String? {
    guard encoding.sequences.count == encoding.special.count else { return nil }
    return encoding.sequences.indices.contains(where: encoding.isGenerated) ? prediction.label : nil
  }

  /// The part of the text's pair that answers the text; nil where the prediction is not an answer.
  ///
  /// - Throws: `ReportError.invalidExample` where the answer does not lie within the pair.
  func answer() throws -> String? {
    guard let range = prediction.answer else { return nil }
    let scalars = (example.textPair ?? "").unicodeScalars
    guard range.lowerBound >= 0,
      let start = scalars.index(scalars.startIndex, offsetBy: range.lowerBound, limitedBy: scalars.endIndex),
      let end = scalars.index(start, offsetBy: range.count, limitedBy: scalars.endIndex)
    else { throw ReportError(.invalidExample, "the answer lies outside its context", at: "row \(example.row)") }
    return String(scalars[start..<end])
  }
}

/// A row of the errors table.
public struct FailedRow: Sendable, Equatable {
  /// Where the row failed.
  public enum Stage: String, Sendable { case read, tokenize, score }

  public internal(set) var datasetFile: String
  public internal(set) var row: Int64
  public internal(set) var exampleID: String?
  public internal(set) var stage: Stage
  /// Names line, byte offset and column where they are known; never the user's text.
  public internal(set) var message: String

  public init(datasetFile: String, row: Int64, exampleID: String?, stage: Stage, message: String) {
    self.datasetFile = datasetFile
    self.row = row
    self.exampleID = exampleID
    self.stage = stage
    self.message = message
  }
}
