import Foundation
import SalienceTensors

extension ReferenceStream: DisentangledAttentionKernels {
  /// One head of one sequence.
  private struct Head {
    /// Where each token's query, key and value begin in qkv; the head's place in a row of the context.
    let queries, keys, values: [Int]
    let column, size: Int
  }

  private func heads(_ count: Int, width: Int, of rows: Range<Int>) -> [Head] {
    let size = width / count
    return (0..<count).map { index in
      let queries = rows.map { $0 * 3 * width + index * size }
      return Head(
        queries: queries, keys: queries.map { $0 + width }, values: queries.map { $0 + 2 * width },
        column: index * size, size: size)
    }
  }

  /// The tables of positions, and where a head's row of an offset begins in them.
  private struct Tables {
    let keys, queries: [Double]?
    let longest, width: Int

    func row(_ offset: Int, _ head: Head) -> Int { (offset + longest - 1) * width + head.column }
  }

  private func tables(_ positions: RelativePositions, width: Int) throws -> Tables {
    try positions.check(batch)
    return Tables(
      keys: try positions.keys.map(parameter), queries: try positions.queries.map(parameter),
      longest: positions.longest, width: width)
  }

  private func dot(_ a: [Double], _ i: Int, _ b: [Double], _ j: Int, _ size: Int) -> Double {
    (0..<size).reduce(0) { $0 + a[i + $1] * b[j + $1] }
  }

  /// Probabilities of a query, and the log of their denominator.
  private func probabilities(
    _ x: [Double], _ head: Head, _ tables: Tables, query: Int, scale: Double
  ) -> (values: [Double], logSumExp: Double) {
    let scores = head.keys.indices.map { key in
      let row = tables.row(query - key, head)
      var score = dot(x, head.queries[query], x, head.keys[key], head.size)
      if let keys = tables.keys { score += dot(x, head.queries[query], keys, row, head.size) }
      if let queries = tables.queries { score += dot(x, head.keys[key], queries, row, head.size) }
      return score * scale
    }
    let top = scores.max() ?? 0
    let sum = scores.reduce(0) { $0 + exp($1 - top) }
    return (scores.map { exp($0 - top) / sum }, top + log(sum))
  }

  private var spans: [Range<Int>] { zip(batch.offsets, batch.offsets.dropFirst()).map { $0..<$1 } }

  public func disentangledAttention(
    _ qkv: Handle, positions: RelativePositions, heads count: Int, scale: Float, context: Handle, logSumExp: Handle?
  ) throws {
    let (rows, width) = try size(context)
    let (x, tables) = (try values(qkv), try tables(positions, width: width))
    var (result, logs) = ([Double](repeating: 0, count: rows * width), [Double](repeating: 0, count: rows * count))
    for span in spans {
      for (index, head) in heads(count, width: width, of: span).enumerated() {
        for (query, row) in span.enumerated() {
          let p = probabilities(x, head, tables, query: query, scale: Double(scale))
          logs[row * count + index] = p.logSumExp
          for d in 0..<head.size {
            result[row * width + head.column + d] = zip(p.values, head.values).reduce(0) { $0 + $1.0 * x[$1.1 + d] }
          }
        }
      }
    }
    try store(result, to: context)
    if let logSumExp { try store(logs, to: logSumExp) }
  }

  public func disentangledAttentionGradient(
    _ gradient: Handle, qkv: Handle, context: Handle, logSumExp: Handle, positions: RelativePositions,
    heads count: Int, scale: Float, tableFactor: Float, output: Handle
  ) throws {
    let factor = Double(tableFactor)
    let width = try size(context).width
    let (x, dy, tables) = (try values(qkv), try values(gradient), try tables(positions, width: width))
    var dx = [Double](repeating: 0, count: x.count)
    for span in spans {
      for head in heads(count, width: width, of: span) {
        for (query, token) in span.enumerated() {
          let p = probabilities(x, head, tables, query: query, scale: Double(scale)).values
          let given = token * width + head.column
          let dp = head.values.map { dot(dy, given, x, $0, head.size) }
          let mean = zip(p, dp).reduce(0) { $0 + $1.0 * $1.1 }
          for key in head.keys.indices {
            let ds = p[key] * (dp[key] - mean) * Double(scale)
            let row = tables.row(query - key, head)
            for d in 0..<head.size {
              dx[head.queries[query] + d] += ds * (x[head.keys[key] + d] + factor * (tables.keys?[row + d] ?? 0))
              dx[head.keys[key] + d] += ds * (x[head.queries[query] + d] + factor * (tables.queries?[row + d] ?? 0))
              dx[head.values[key] + d] += p[key] * dy[given + d]
            }
          }
        }
      }
    }
    try store(dx, to: output)
  }
}
