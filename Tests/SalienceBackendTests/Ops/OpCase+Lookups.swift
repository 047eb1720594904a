import SalienceTensors

extension OpCase {
  /// Rows of tables, and columns of them: neither has a gradient, so they stand beside an operand that has one.
  static func lookups() throws -> [OpCase] {
    try [8, 13, 20, 64].flatMap { width in
      try [[1], [3, 1, 17, 8], [60]].flatMap { lengths in
        let (words, positions) = (Parameter("words", shape: [11, width]), Parameter("positions", shape: [60, width]))
        var cases = [
          try OpCase("embedding", ValueShape(.tokens, width), lengths: lengths) { plan, x in
            try plan.multiply(x, plan.embedding(EmbeddingTerm(words, .wordIDs), EmbeddingTerm(positions, .positionIDs)))
          }
        ]
        for function in [ActivationFunction.gelu, .relu, .tanh] {
          cases.append(
            try OpCase("ratio of \(function.rawValue)", ValueShape(.tokens, width), lengths: lengths) { plan, x in
              let table = try plan.embedding(EmbeddingTerm(words, .wordIDs))
              let value = try plan.activation(function, table)
              return try plan.multiply(x, plan.activationRatio(table, x: table, value: value, of: function))
            })
        }
        for (rows, first) in [(RowExtent.tokens, 0), (.tokens, 5), (.sequences, 4)] {
          cases.append(
            try OpCase("columns from \(first)", ValueShape(rows, width), lengths: lengths) { plan, x in
              let wide = Parameter("wide", shape: [11, width + 8])
              let tokens = try plan.embedding(EmbeddingTerm(wide, .wordIDs))
              let table = rows == .tokens ? tokens : try plan.selectedRow(tokens)
              return try plan.multiply(x, plan.columns(table, first..<first + width))
            })
        }
        return cases
      }
    }
  }
}
