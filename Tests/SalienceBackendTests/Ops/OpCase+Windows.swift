import SalienceTensors

extension OpCase {
  /// Windows of every kind: models that predict, local attention of two widths, and a sliding window.
  static let windows: [(name: String, window: AttentionWindow)] = [
    ("causal", .causal), ("local(3)", .local(3)), ("local(64)", .local(64)), ("causalLocal(5)", .causalLocal(5)),
  ]

  /// Attention in windows: short and long sequences, and lengths about the windows' edges and those of blocks of rows.
  static func attentionWindows() throws -> [OpCase] {
    let edges = [3, 4, 5, 6, 7, 47, 48, 49, 64, 65, 66, 95, 97, 128]
    var cases: [OpCase] = []
    for (heads, size, batches) in [
      (2, 8, [[1, 2, 17, 64], [5, 4], edges]), (1, 20, [[1, 2, 17, 64], [130]]), (2, 32, [[1, 2, 17, 64], [300]]),
      (1, 64, [[17, 64], [300]]), (1, 80, [[17, 64], [130]]), (1, 128, [[64, 17]]),
    ] {
      for (turn, (name, window)) in windows.enumerated() {
        for lengths in batches {
          cases.append(try attention(name, heads, size, window, lengths))
          // The first, a middle and the last row in turn.
          let rows = lengths.enumerated().map { [0, $1 / 2, $1 - 1][($0 + turn + size) % 3] }
          cases.append(try selectedRowAttention(name, heads, size, window, lengths, rows))
        }
      }
    }
    return cases
  }

  /// Heads of 256, which take more shared memory than the least of devices has.
  static func wideHeads() throws -> [OpCase] {
    try [("everything", AttentionWindow.everything), ("causal", .causal), ("causalLocal(5)", .causalLocal(5))]
      .flatMap { name, window in
        try [[1, 2, 17], [64, 130]].flatMap { lengths in
          try [
            attention(name, 2, 256, window, lengths),
            selectedRowAttention(name, 2, 256, window, lengths, lengths.map { $0 - 1 }),
          ]
        }
      }
  }

  static func attention(
    _ name: String, _ heads: Int, _ size: Int, _ window: AttentionWindow, _ lengths: [Int]
  ) throws -> OpCase {
    try OpCase("attention \(name) \(heads)x\(size)", ValueShape(.tokens, 3 * heads * size), lengths: lengths) {
      try $0.attention($1, heads: heads, scale: 1 / Float(size).squareRoot(), window: window)
    }
  }

  static func selectedRowAttention(
    _ name: String, _ heads: Int, _ size: Int, _ window: AttentionWindow, _ lengths: [Int], _ rows: [Int]
  ) throws -> OpCase {
    let width = heads * size
    var opCase = try OpCase(
      "attention_selected \(name) \(heads)x\(size) rows \(rows)", ValueShape(.tokens, width), lengths: lengths
    ) { plan, x in
      let query = try plan.linear(plan.selectedRow(x), weight: Parameter("query", shape: [width, width]), bias: nil)
      let keysValues = try plan.linear(x, weight: Parameter("keysValues", shape: [2 * width, width]), bias: nil)
      return try plan.selectedRowAttention(
        query: query, keysValues: keysValues, heads: heads, scale: 1 / Float(size).squareRoot(), window: window)
    }
    opCase.selectedRows = rows
    return opCase
  }
}
