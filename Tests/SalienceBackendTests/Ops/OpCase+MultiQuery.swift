import SalienceTensors

extension OpCase {
  /// Heads, head sizes and widths of the rows: vectors whole and in parts, and more heads than a group has at a time.
  private static let headShapes = [
    (1, 8, 8), (2, 16, 32), (3, 7, 13), (4, 12, 48), (2, 24, 20), (12, 32, 64), (18, 4, 33),
  ]

  /// Linear layers of each head for itself, both ways.
  static func headProjections() throws -> [OpCase] {
    try headShapes.flatMap { heads, size, columns in
      try [[1], [3, 1, 17, 8], Array(repeating: 2, count: 37)].flatMap { lengths in
        let (narrow, wide) = (heads * size, heads * columns)
        let weight = Parameter("weight", shape: [narrow, columns])
        return try [
          OpCase("head_projection \(heads)x\(size)", ValueShape(.sequences, wide), lengths: lengths) {
            try $0.headProjection($1, weight: weight, bias: Parameter("bias", shape: [narrow]), heads: heads)
          },
          OpCase("head_projection \(heads)x\(size) bare", ValueShape(.tokens, wide), lengths: lengths) {
            try $0.headProjection($1, weight: weight, heads: heads)
          },
          OpCase("head_projection_transposed \(heads)x\(size)", ValueShape(.sequences, narrow), lengths: lengths) {
            try $0.headProjection($1, weight: weight, heads: heads, isTransposed: true)
          },
        ]
      }
    }
  }

  /// Attention whose heads share the rows, under every kind of window.
  static func multiQueryAttention() throws -> [OpCase] {
    var cases: [OpCase] = []
    for (heads, size, columns) in headShapes {
      for lengths in [[1], [3, 1, 17, 8], [70, 33]] {
        cases.append(
          try multiQueryAttention("everything", heads, size, columns, .everything, lengths, lengths.map { $0 / 2 }))
      }
    }
    for (turn, (name, window)) in windows.enumerated() {
      for (heads, size, columns) in [(2, 16, 32), (3, 7, 13), (12, 32, 64)] {
        for lengths in [[1, 2, 17, 64], [130, 5, 4]] {
          let rows = lengths.enumerated().map { [0, $1 / 2, $1 - 1][($0 + turn + heads) % 3] }
          cases.append(try multiQueryAttention(name, heads, size, columns, window, lengths, rows))
        }
      }
    }
    cases.append(try multiQueryAttention("long", 12, 64, 768, .everything, [24, 300], [0, 299]))
    return cases
  }

  /// A query of the selected row, brought to the rows' width for each head.
  static func multiQueryAttention(
    _ name: String, _ heads: Int, _ size: Int, _ columns: Int, _ window: AttentionWindow, _ lengths: [Int],
    _ rows: [Int]
  ) throws -> OpCase {
    var opCase = try OpCase(
      "attention_multi_query \(name) \(heads)x\(size) rows \(rows)", ValueShape(.tokens, columns), lengths: lengths
    ) { plan, x in
      let query = Parameter("query", shape: [heads * size, columns])
      let same = try plan.linear(plan.selectedRow(x), weight: query, bias: nil)
      let key = Parameter("key", shape: [heads * size, columns])
      let queries = try plan.headProjection(same, weight: key, heads: heads, isTransposed: true)
      return try plan.multiQueryAttention(
        queries: queries, rows: x, heads: heads, scale: 1 / Float(size).squareRoot(), window: window)
    }
    opCase.selectedRows = rows
    return opCase.keepingFloat32([.sequences])
  }
}
