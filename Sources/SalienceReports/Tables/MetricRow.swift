import SalienceAttribution

/// A row of the metrics table: one number that was measured of one explanation.
public struct MetricRow: TableRow, Equatable {
  public var key = ExplanationKey()
  public var metric = FaithfulnessMetric.comprehensiveness
  public var fraction: Double?
  public var otherMethod: String?
  public var value: Double?
  public var evaluations: Int32?

  public init() {}

  public static let table = TableDefinition<MetricRow>(
    "metrics",
    doc: "One row per example, method, target and metric: how faithful an explanation is. Written where the pipeline's"
      + " `faithfulness` asks for it; [Faithfulness](faithfulness.md) defines the metrics."
  ) {
    ExplanationKey.columns(\.key)
    Column(
      "metric", \.metric, dictionary: true,
      doc: FaithfulnessMetric.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ") + ".")
    Column(
      "fraction", float: \.fraction,
      doc: "The part of the tokens that a point of a removal curve is about, 0.1 to 1; null for the metric itself, of"
        + " `comprehensiveness` and `sufficiency` the curve's area.")
    Column(
      "other_method", \.otherMethod, dictionary: true,
      doc: "The `id` of the method that an agreement is with; null for the other metrics.")
    Column("value", \.value, doc: "The number; null where the metric has no meaning for the text.")
    Column(
      "evaluations", \.evaluations, dictionary: true,
      doc: "Forward passes that the metric asked for, equal ones of other metrics and methods included; null for points"
        + " of a curve, which the curve's area counts.")
  }
}

extension MetricRow: ExampleRow {
  public static func rows(of scored: ScoredExample, _ contents: TableContents) throws -> [MetricRow] {
    try scored.explanations.flatMap { explanation in
      guard !explanation.metrics.isEmpty else { return [MetricRow]() }
      let key = try ExplanationKey(explanation, of: scored, includeText: contents.includeText)
      return try explanation.metrics.map { value in
        var row = MetricRow()
        row.key = key
        row.metric = value.metric
        row.fraction = value.fraction
        row.otherMethod = value.otherMethod
        row.value = value.value
        row.evaluations = try value.evaluations.map { try scored.narrow($0, "evaluations") }
        return row
      }
    }
  }
}

extension FaithfulnessMetric: NamedCell {}
