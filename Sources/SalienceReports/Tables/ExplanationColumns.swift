import SalienceParquet

/// Rows of the explanations table, column by column.
public struct ExplanationColumns: TableColumns, Equatable {
  public static let schema = ParquetSchema([
    ParquetColumn("row", .int64, dictionary: true),
    ParquetColumn("example_id", .string, dictionary: true),
    ParquetColumn("method", .string, dictionary: true),
    ParquetColumn("target", .string, dictionary: true),
    ParquetColumn("target_index", .int32, optional: true, dictionary: true),
    ParquetColumn("target_position", .int32, optional: true, dictionary: true),
    ParquetColumn("output", .float),
    ParquetColumn("baseline_output", .float, optional: true),
    ParquetColumn("convergence_delta", .float, optional: true),
    ParquetColumn("relative_delta", .float, optional: true),
    ParquetColumn("steps", .int32, dictionary: true),
    ParquetColumn("converged", .bool, optional: true),
    ParquetColumn("attribution_sum", .float),
    ParquetColumn("attribution_norm", .float),
  ])

  public private(set) var row: [Int64] = []
  public private(set) var exampleID: [String] = []
  public private(set) var method: [String] = []
  public private(set) var target: [String] = []
  public private(set) var targetIndex: [Int32?] = []
  /// The token that the output is about: generated, masked or labelled; null where it is about the whole text.
  public private(set) var targetPosition: [Int32?] = []
  public private(set) var output: [Float] = []
  public private(set) var baselineOutput: [Float?] = []
  public private(set) var convergenceDelta: [Float?] = []
  /// |delta| over the larger of |F(x) - F(x')| and a floor; null where the delta is.
  public private(set) var relativeDelta: [Float?] = []
  public private(set) var steps: [Int32] = []
  /// Whether a tolerance was kept; null where none was asked for.
  public private(set) var converged: [Bool?] = []
  public private(set) var attributionSum: [Float] = []
  public private(set) var attributionNorm: [Float] = []

  public init() {}

  public var count: Int { row.count }

  /// Adds the rows of one example, one an explanation.
  ///
  /// - Parameter includeText: whether targets that are tokens are stored as text, or as their ids.
  /// - Throws: `ReportError.invalidExample` where a number does not fit the table.
  public mutating func append(_ scored: ScoredExample, includeText: Bool = true) throws {
    for explanation in scored.explanations {
      let index = try explanation.targetIndex.map { try scored.narrow($0, "target_index") }
      let place = try explanation.targetPosition.map { try scored.narrow($0, "target_position") }
      let stepCount = try scored.narrow(explanation.steps, "steps")
      row.append(scored.example.row)
      exampleID.append(scored.example.id)
      method.append(explanation.method)
      target.append(includeText ? explanation.target : scored.withoutText(explanation))
      targetIndex.append(index)
      targetPosition.append(place)
      output.append(Float(explanation.output))
      baselineOutput.append(explanation.baselineOutput.map { Float($0) })
      convergenceDelta.append(explanation.convergenceDelta.map { Float($0) })
      relativeDelta.append(explanation.relativeDelta.map { Float($0) })
      steps.append(stepCount)
      converged.append(explanation.converged)
      attributionSum.append(Float(explanation.attributionSum))
      attributionNorm.append(Float(explanation.attributionNorm))
    }
  }

  public var columnData: [ColumnData] {
    [
      .int64(row), .string(exampleID), .string(method), .string(target), .optionalInt32(targetIndex),
      .optionalInt32(targetPosition), .float(output), .optionalFloat(baselineOutput), .optionalFloat(convergenceDelta),
      .optionalFloat(relativeDelta), .int32(steps), .optionalBool(converged), .float(attributionSum),
      .float(attributionNorm),
    ]
  }
}
