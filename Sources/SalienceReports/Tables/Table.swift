import SalienceParquet

/// A table of a run directory, in the order in which the tables of a unit are written.
public enum Table: String, Sendable, CaseIterable {
  /// One row per example.
  case predictions
  /// One row per example, method and target.
  case explanations
  /// One row per token, method and target.
  case attributions
  /// One row per pair of tokens, layer and head, where a method of attention is asked for.
  case attention
  /// One row per token, layer and unit, where a method that looks inside the model is asked for.
  case activations
  /// One row per example, method, target and metric, where metrics are asked for.
  case metrics
  /// Rows of the dataset that could not be scored.
  case errors

  /// The type of the table's rows, which defines its columns.
  public var rowType: any TableRow.Type {
    switch self {
    case .predictions: PredictionRow.self
    case .explanations: ExplanationRow.self
    case .attributions: AttributionRow.self
    case .attention: AttentionRow.self
    case .activations: ActivationRow.self
    case .metrics: MetricRow.self
    case .errors: FailedRow.self
    }
  }

  /// Columns of the table, the same whatever a pipeline asks for: where texts are left out, they are null.
  ///
  /// Predictions have those of the dataset behind them that a pipeline carries along.
  public var schema: ParquetSchema { rowType.schema }
}

extension TableRow {
  static var schema: ParquetSchema { table.schema }
}
