/// How many rows may be quarantined before a finished run counts as failed.
public enum BadRowLimit: Sendable, Equatable {
  /// Rows of the dataset, under the model that quarantined most.
  case rows(Int)
  /// Per cent of all rows of the run, over all its models.
  case percent(Double)

  /// One per cent.
  public static let standard = BadRowLimit.percent(1)

  /// Reads `N` or `P%`; nil where the text is neither.
  public init?(_ text: String) {
    if text.hasSuffix("%") {
      guard let value = Double(text.dropLast()), (0...100).contains(value) else { return nil }
      self = .percent(value)
    } else {
      guard let value = Int(text), value >= 0 else { return nil }
      self = .rows(value)
    }
  }

  /// Whether a finished run has quarantined too much.
  ///
  /// - Parameter counts: one per model, over all its units.
  public func isExceeded(by counts: [RowCounts]) -> Bool {
    switch self {
    case .rows(let limit): return counts.contains { $0.quarantined > limit }
    case .percent(let limit):
      let total = counts.reduce(into: RowCounts()) { $0 += $1 }
      return Double(total.quarantined) * 100 > limit * Double(total.rows)
    }
  }

  /// As the pipeline file writes it.
  public var text: String {
    switch self {
    case .rows(let count): String(count)
    case .percent(let value): value == value.rounded() ? "\(Int(value))%" : "\(value)%"
    }
  }
}
