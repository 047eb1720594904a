/// Rows of one unit that are scored together.
struct Batch: Sendable {
  let unit: UnitInFlight
  let rows: [EncodedExample]
}

/// Fills batches up to a number of tokens.
enum Batcher {
  /// Divides a unit's rows into batches.
  ///
  /// The longest come first, so that the rows of a batch are alike and a unit ends with its cheapest batch.
  /// - Parameter tokenBudget: tokens of a batch; a row that alone has more is a batch of its own.
  static func batches(of rows: [EncodedExample], unit: UnitInFlight, tokenBudget: Int) -> [Batch] {
    let sorted = rows.sorted { left, right in
      (right.tokenCount, left.example.row) < (left.tokenCount, right.example.row)
    }
    var batches: [Batch] = []
    var current: [EncodedExample] = []
    var tokens = 0
    for row in sorted {
      if !current.isEmpty, tokens + row.tokenCount > tokenBudget {
        batches.append(Batch(unit: unit, rows: current))
        current = []
        tokens = 0
      }
      current.append(row)
      tokens += row.tokenCount
    }
    if !current.isEmpty { batches.append(Batch(unit: unit, rows: current)) }
    return batches
  }
}
