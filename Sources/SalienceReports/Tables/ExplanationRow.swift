import SalienceAttribution

/// A row of the explanations table: one method's answer for one target of one example.
public struct ExplanationRow: TableRow, Equatable {
  public var key = ExplanationKey()
  public var output = 0.0
  public var baselineOutput: Double?
  public var convergenceDelta: Double?
  public var relativeDelta: Double?
  public var steps: Int32 = 0
  public var converged: Bool?
  public var attributionSum = 0.0
  public var attributionNorm = 0.0

  public init() {}

  public static let table = TableDefinition<ExplanationRow>(
    "explanations", doc: "One row per example, method and target: what an explanation as a whole comes to."
  ) {
    ExplanationKey.columns(\.key)
    Column("output", float: \.output, doc: "F(x): the target's output for the example.")
    Column(
      "baseline_output", float: \.baselineOutput,
      doc: "F(x'): the target's output for the baseline; null where the method has none.")
    Column(
      "convergence_delta", float: \.convergenceDelta,
      doc: "The sum of the scores minus F(x) - F(x'): near 0 when there are enough steps. Under noise the samples'"
        + " mean; null where it has no meaning. Of `attnlrp` the sum minus F(x): what biases and softmaxes keep, with"
        + " its sign turned.")
    Column(
      "relative_delta", float: \.relativeDelta,
      doc: "The delta's size as a share of |F(x) - F(x')|, or of 0.001 where that is smaller; null where there is no"
        + " delta. Of `attnlrp` the share of F(x) that biases and softmaxes keep.")
    Column("steps", \.steps, dictionary: true, doc: "Points that were evaluated, over all samples of noise.")
    Column("converged", \.converged, doc: "Whether the `tolerance` was kept; null where none was asked for.")
    Column("attribution_sum", float: \.attributionSum, doc: "The sum of the raw scores of all tokens.")
    Column(
      "attribution_norm", float: \.attributionNorm,
      doc: "Frobenius norm of the attribution before it is summed over the hidden dimension.")
  }
}

extension ExplanationRow: ExampleRow {
  public static func rows(of scored: ScoredExample, _ contents: TableContents) throws -> [ExplanationRow] {
    try scored.explanations.map { try ExplanationRow($0, of: scored, contents) }
  }

  /// - Throws: `ReportError.invalidExample` where a number does not fit the table.
  init(_ explanation: Explanation, of scored: ScoredExample, _ contents: TableContents) throws {
    key = try ExplanationKey(explanation, of: scored, includeText: contents.includeText)
    output = explanation.output
    baselineOutput = explanation.baselineOutput
    convergenceDelta = explanation.convergenceDelta
    relativeDelta = explanation.relativeDelta
    steps = try scored.narrow(explanation.steps, "steps")
    converged = explanation.converged
    attributionSum = explanation.attributionSum
    attributionNorm = explanation.attributionNorm
  }
}
