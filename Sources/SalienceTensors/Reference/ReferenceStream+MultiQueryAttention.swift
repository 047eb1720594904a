import Foundation

extension ReferenceStream: MultiQueryAttentionKernels {
  /// One head of one sequence.
  private struct Head {
    /// The beginning of its query, and of its result.
    let query: Int
    /// The beginnings of the rows that it sees.
    let rows: [Int]
    /// Its first probability, and those of tokens that it does not see, in front and behind.
    let before, after: Int
  }

  private func heads(_ count: Int, width: Int, window: AttentionWindow) -> [Head] {
    zip(batch.offsets, batch.lengths).enumerated().flatMap { sequence, place in
      let (start, length) = place
      let seen = window.keys(ofQuery: batch.selectedRows[sequence] - start, length: length)
      return (0..<count).map { head in
        Head(
          query: (sequence * count + head) * width, rows: seen.map { (start + $0) * width }, before: seen.lowerBound,
          after: length - seen.upperBound)
      }
    }
  }

  private func products(_ vector: Int, of a: [Double], _ rows: [Int], of b: [Double], width: Int) -> [Double] {
    rows.map { row in (0..<width).reduce(0) { $0 + a[vector + $1] * b[row + $1] } }
  }

  private func softmax(_ scores: [Double]) -> [Double] {
    let top = scores.max() ?? 0
    let sum = scores.reduce(0) { $0 + exp($1 - top) }
    return scores.map { exp($0 - top) / sum }
  }

  public func multiQueryAttention(
    _ queries: Handle, rows: Handle, heads count: Int, scale: Float, window: AttentionWindow, output: Handle,
    probabilities: Handle?
  ) throws {
    let width = try size(rows).width
    let (u, x) = (try values(queries), try values(rows))
    var (result, saved) = ([Double](repeating: 0, count: u.count), [Double]())
    for head in heads(count, width: width, window: window) {
      let p = softmax(products(head.query, of: u, head.rows, of: x, width: width).map { $0 * Double(scale) })
      for (row, weight) in zip(head.rows, p) {
        for c in 0..<width { result[head.query + c] += weight * x[row + c] }
      }
      saved += [Double](repeating: 0, count: head.before) + p + [Double](repeating: 0, count: head.after)
    }
    try store(result, to: output)
    if let probabilities { try store(saved, to: probabilities) }
  }

  public func multiQueryAttentionGradient(
    _ gradient: Handle, queries: Handle, rows: Handle, probabilities: Handle, heads count: Int, scale: Float,
    window: AttentionWindow, queryGradient: Handle?, rowGradient: Handle?
  ) throws {
    let width = try size(rows).width
    let (dy, u, x) = (try values(gradient), try values(queries), try values(rows))
    var (du, dx) = ([Double](repeating: 0, count: u.count), [Double](repeating: 0, count: x.count))
    for head in heads(count, width: width, window: window) {
      let p = softmax(products(head.query, of: u, head.rows, of: x, width: width).map { $0 * Double(scale) })
      let dp = products(head.query, of: dy, head.rows, of: x, width: width)
      let mean = zip(p, dp).reduce(0) { $0 + $1.0 * $1.1 }
      for (index, row) in head.rows.enumerated() {
        let ds = p[index] * (dp[index] - mean) * Double(scale)
        for c in 0..<width {
          du[head.query + c] += ds * x[row + c]
          dx[row + c] += p[index] * dy[head.query + c] + ds * u[head.query + c]
        }
      }
    }
    if let queryGradient { try store(du, to: queryGradient) }
    if let rowGradient { try store(dx, to: rowGradient) }
  }
}
