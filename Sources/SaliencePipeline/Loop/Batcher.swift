/// Rows of one slice of a unit that are scored together.
struct Batch: Sendable {
  let slice: SliceInFlight
  let rows: [EncodedExample]
}

/// Fills batches up to a number of tokens.
enum Batcher {
  /// Divides a slice's rows into batches.
  ///
  /// The longest come first, so that the rows of a batch are alike and a slice ends with its cheapest batch. Towards the
  /// end batches shrink with what is left, as in guided self-scheduling (Polychronopoulos and Kuck, 1987), so that the
  /// workers end together: whole ones would leave all but one of them idle for half a batch on average.
  ///
  /// - Parameters:
  ///   - tokenBudget: tokens of a batch, and a quarter of it the least that shrinks to; a row that alone has more is a
  ///     batch of its own.
  ///   - concurrency: batches in flight.
  static func batches(
    of rows: [EncodedExample], slice: SliceInFlight, tokenBudget: Int, concurrency: Int
  ) -> [Batch] {
    let sorted = rows.sorted { left, right in
      (right.tokenCount, left.example.row) < (left.tokenCount, right.example.row)
    }
    var left = rows.reduce(0) { $0 + $1.tokenCount }
    func share() -> Int { min(tokenBudget, max(tokenBudget / 4, left / max(1, concurrency))) }
    var batches: [Batch] = []
    var current: [EncodedExample] = []
    var (tokens, most) = (0, share())
    for row in sorted {
      if !current.isEmpty, tokens + row.tokenCount > most {
        batches.append(Batch(slice: slice, rows: current))
        left -= tokens
        (current, tokens, most) = ([], 0, share())
      }
      current.append(row)
      tokens += row.tokenCount
    }
    if !current.isEmpty { batches.append(Batch(slice: slice, rows: current)) }
    return batches
  }
}
