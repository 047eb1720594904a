import SalienceParquet

/// A table of a run directory, in the order in which the tables of a unit are written.
public enum Table: String, Sendable, CaseIterable {
  /// One row an example.
  case predictions
  /// One row an example, method and target.
  case explanations
  /// One row a token, method and target.
  case attributions
  /// Rows of the dataset that could not be scored.
  case errors

  /// Columns of the table, the same whatever a pipeline asks for: where texts are left out, they are null.
  ///
  /// Predictions have those of the dataset behind them that a pipeline carries along.
  public var schema: ParquetSchema {
    switch self {
    case .predictions: PredictionColumns.schema
    case .explanations: ExplanationColumns.schema
    case .attributions: AttributionColumns.schema
    case .errors: ErrorColumns.schema
    }
  }
}

/// Rows of one table held column by column: what a part is written from and read into.
protocol TableColumns: Sendable {
  static var schema: ParquetSchema { get }
  /// The table's columns, those of the dataset included that are carried along.
  var schema: ParquetSchema { get }
  /// Rows held.
  var count: Int { get }
  /// The columns in the order of the schema.
  var columnData: [ColumnData] { get }
  init()
}

extension TableColumns {
  var schema: ParquetSchema { Self.schema }
}
