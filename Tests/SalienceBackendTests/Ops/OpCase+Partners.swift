import SalienceTensors

/// Sequences that are each other's partners.
extension OpCase {
  /// With and without a partner for the last sequence; partners of other lengths have zeros where rows are missing.
  static func partnerRows() throws -> [OpCase] {
    try [8, 13, 20, 64].flatMap { width in
      try [[1, 1], [3, 3, 17, 17, 8, 8], [60, 60], [3, 5, 4, 2, 7], [1]].flatMap { lengths in
        try [RowExtent.tokens, .sequences].map { rows in
          try OpCase("partner_rows", ValueShape(rows, width), lengths: lengths) { try $0.partnerRows($1) }
        }
      }
    }
  }

  /// The same over twice as many sequences, each beside one of its length that selects the same token.
  func paired() -> OpCase {
    var result = self
    result.lengths = lengths.flatMap { [$0, $0] }
    result.selectedRows = selectedRows.flatMap { [$0, $0] }
    return result
  }
}
