import SalienceTensors

/// What is asked of the attention of a text.
public struct AttentionQuestion: Sendable, Hashable {
  /// What stands for two tokens.
  public enum Kind: Sendable, Hashable {
    /// The probability of a head.
    case probability
    /// The length of what a head adds to the query's row for the key: the probability times that of the key's value
    /// behind the output projection (arXiv 2004.10102).
    case weightedValue
    /// The probability of a head times its slope, the derivative of the output with respect to it.
    case gradient
    /// What of the query's row behind all layers is the key's in front of them, residual sums counted as half
    /// (arXiv 2005.00928); of all heads together.
    case rollout
  }

  public var kind: Kind
  /// The layers that the program gives queries, keys and values of, ascending.
  public var layers: [Int]
  /// nil for all.
  public var heads: [Int]?
  public var cut: PairCut
  /// Queries whose mean the tokens' scores are: those that the output is read from.
  public var queries: [Int]
  /// Whether pairs are wanted beside the scores.
  public var givesPairs: Bool
}

/// What tokens have to do with one another.
public struct AttentionMap: Sendable {
  /// One per token: the mean over the queries, layers and heads that were asked for; of gradients the sum over all
  /// queries, layers and heads.
  public let scores: [Double]
  /// Those that the cut leaves, by layer, head, query and key.
  public let pairs: [TokenPair]
}

extension AttentionQuestion {
  /// - Parameters:
  ///   - tapped: queries, keys and values of the layers, and gradients where the kind takes them.
  ///   - model: the layers' attentions by their number.
  func maps(_ tapped: TappedOutputs, model: [Int: LayerAttention]) -> [AttentionMap] {
    switch kind {
    case .rollout: [rollout(tapped.values, model)]
    case .gradient: tapped.gradients.map { map(tapped.values, gradients: $0, model) }
    case .probability, .weightedValue: [map(tapped.values, gradients: [], model)]
    }
  }

  /// The queries whose weights are computed: those of the pairs and those of the scores.
  private func rows(_ length: Int) -> [Int] {
    kind == .gradient || givesPairs && !cut.isOfOutput ? Array(0..<length) : queries
  }

  private func map(
    _ values: [TokenRows], gradients: [TokenRows], _ model: [Int: LayerAttention]
  ) -> AttentionMap {
    let length = values.first.map { $0.elements.count / $0.width } ?? 0
    var scores = [Double](repeating: 0, count: length)
    var pairs: [TokenPair] = []
    var count = 0
    let (rows, isQuery) = (rows(length), Set(queries))
    withUnsafeTemporaryAllocation(of: Float.self, capacity: length * length) { map in
      map.initialize(repeating: 0)
      for (place, layer) in layers.enumerated() {
        guard let attention = model[layer] else { continue }
        for head in heads ?? Array(0..<attention.heads) {
          attention.fill(map, head: head, of: values[place], queries: rows)
          if kind == .gradient {
            attention.multiplySlopes(map, head: head, of: values[place], gradient: gradients[place], queries: rows)
          }
          let lengths = kind == .weightedValue ? attention.valueLengths(ofHead: head, values[place]) : []
          for query in rows {
            let row = UnsafeMutableBufferPointer(rebasing: map[query * length..<(query + 1) * length])
            for (key, factor) in lengths.enumerated() { row[key] *= factor }
            if givesPairs, !cut.isOfOutput || isQuery.contains(query) {
              cut.keep(
                UnsafeBufferPointer(row), of: query, keys: attention.keys(ofQuery: query, length: length),
                layer: layer, head: head, in: &pairs)
            }
            if kind == .gradient || isQuery.contains(query) {
              for key in row.indices { scores[key] += Double(row[key]) }
            }
          }
          count += queries.count
        }
      }
    }
    let divisor = kind == .gradient ? 1 : Double(max(1, count))
    return AttentionMap(scores: scores.map { $0 / divisor }, pairs: pairs)
  }

  /// R = A_n … A_1 with A_l = (mean of the heads + I) / 2, row by row of R from the last layer to the first: a text of
  /// which one row is wanted takes no products of whole matrices.
  private func rollout(
    _ values: [TokenRows], _ model: [Int: LayerAttention]
  ) -> AttentionMap {
    let length = values.first.map { $0.elements.count / $0.width } ?? 0
    let rows = rows(length)
    var result = rows.map { row in (0..<length).map { $0 == row ? 1.0 : 0 } }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * length * length) { memory in
      memory.initialize(repeating: 0)
      let map = UnsafeMutableBufferPointer(rebasing: memory[..<(length * length)])
      let mean = UnsafeMutableBufferPointer(rebasing: memory[(length * length)...])
      for (layer, values) in zip(layers, values).reversed() {
        guard let attention = model[layer] else { continue }
        mean.update(repeating: 0)
        for head in 0..<attention.heads {
          attention.fill(map, head: head, of: values, queries: Array(0..<length))
          for index in mean.indices { mean[index] += map[index] }
        }
        let share = 0.5 / Double(attention.heads)
        for index in result.indices { result[index] = Self.product(result[index], mean, share) }
      }
    }
    var scores = [Double](repeating: 0, count: length)
    var pairs: [TokenPair] = []
    let isQuery = Set(queries)
    for (row, weights) in zip(rows, result) {
      if isQuery.contains(row) { for key in scores.indices { scores[key] += weights[key] / Double(queries.count) } }
      guard givesPairs else { continue }
      weights.map(Float.init).withUnsafeBufferPointer {
        // A key that no path of windows leads to is none that the query sees.
        let seen = (weights.firstIndex { $0 != 0 } ?? 0)..<((weights.lastIndex { $0 != 0 } ?? -1) + 1)
        cut.keep($0, of: row, keys: seen, layer: nil, head: nil, in: &pairs)
      }
    }
    return AttentionMap(scores: scores, pairs: pairs)
  }

  /// r (share · M + I / 2).
  private static func product(_ r: [Double], _ m: UnsafeMutableBufferPointer<Float>, _ share: Double) -> [Double] {
    var sums = r.map { $0 * 0.5 }
    for (row, factor) in r.enumerated() where factor != 0 {
      let start = row * r.count
      for column in r.indices { sums[column] += factor * share * Double(m[start + column]) }
    }
    return sums
  }
}
