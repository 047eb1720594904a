import SalienceAttribution

/// What tells an explanation from others: the first columns of every table of explanations and their parts.
public struct ExplanationKey: Sendable, Equatable {
  public var row: Int64 = 0
  public var exampleID = ""
  public var method = ""
  public var target = ""
  public var targetIndex: Int32?
  public var targetPosition: Int32?

  public init() {}

  /// - Throws: `ReportError.invalidExample` where a number does not fit the table.
  init(_ explanation: Explanation, of scored: ScoredExample, includeText: Bool) throws {
    targetIndex = try explanation.targetIndex.map { try scored.narrow($0, "target_index") }
    targetPosition = try explanation.targetPosition.map { try scored.narrow($0, "target_position") }
    row = scored.example.row
    exampleID = scored.example.id
    method = explanation.method
    target = includeText ? explanation.target : scored.withoutText(explanation)
  }

  /// The columns of a table whose rows have the key as a stored property.
  public static func columns<Row>(_ path: WritableKeyPath<Row, ExplanationKey>) -> [Column<Row>] {
    [
      Column("row", path.appending(path: \.row), dictionary: true, doc: "Number of the record in the dataset, from 0."),
      Column(
        "example_id", path.appending(path: \.exampleID), dictionary: true,
        doc: "The dataset's id of the row, or `row` in decimal where it has none."),
      Column(
        "method", path.appending(path: \.method), dictionary: true, doc: "The method's `id` in the pipeline file."),
      Column(
        "target", path.appending(path: \.target), dictionary: true,
        doc: "What is explained: a class, `A - B` for a contrast, `start`, `end` or `maximum` of an answer, a whole"
          + " `continuation`, or a token, which with `output.text: false` is its id."),
      Column(
        "target_index", path.appending(path: \.targetIndex), dictionary: true,
        doc: "The class or token that is explained; null for a contrast and a whole continuation."),
      Column(
        "target_position", path.appending(path: \.targetPosition), dictionary: true,
        doc: "The token that the output is about: generated, masked, or the first of a labelled word, of an answer's"
          + " end or of a whole continuation; null where it is about the whole text."),
    ]
  }

  /// Names of the columns.
  static let names = Set(columns(\Holder.key).map(\.name))

  private struct Holder { var key: ExplanationKey }
}
