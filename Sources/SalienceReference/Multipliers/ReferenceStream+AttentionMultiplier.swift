import Foundation
import SalienceTensors

extension ReferenceStream: AttentionMultiplierKernels {
  /// A batch's Q | K | V, and its tables of positions.
  private struct Operands {
    let x: [Double]
    let keys, queries: [Double]?
    let longest, width, size: Int
    let scale: Double

    /// The tables' row of an offset, at a head.
    func row(_ offset: Int, _ head: Int) -> Int { (offset + longest - 1) * width + head * size }

    /// Where a token's query, key (part 1) or value (part 2) begins.
    func place(_ token: Int, _ part: Int, _ head: Int) -> Int { (3 * token + part) * width + head * size }

    func score(_ i: Int, _ j: Int, _ head: Int) -> Double {
      let (q, k) = (place(i, 0, head), place(j, 1, head))
      return scale
        * (0..<size).reduce(0) { sum, d in
          let position = row(i - j, head) + d
          return sum + x[q + d] * (x[k + d] + (keys?[position] ?? 0)) + x[k + d] * (queries?[position] ?? 0)
        }
    }
  }

  public func attentionMultiplier(
    _ gradient: Handle, qkv: Handle, partner: Handle, logSumExp: Handle, partnerLogSumExp: Handle, heads: Int,
    scale: Float, window: AttentionWindow, positions: RelativePositions?, output: Handle
  ) throws {
    try positions?.check(batch)
    let width = try size(gradient).width
    func operands(_ handle: Handle) throws -> Operands {
      Operands(
        x: try values(handle), keys: try positions?.keys.map(parameter), queries: try positions?.queries.map(parameter),
        longest: positions?.longest ?? 1, width: width, size: width / heads, scale: Double(scale))
    }
    let (own, other, dy) = (try operands(qkv), try operands(partner), try values(gradient))
    let (logs, otherLogs) = (try values(logSumExp), try values(partnerLogSumExp))
    var dx = [Double](repeating: 0, count: own.x.count)
    for (start, length) in zip(batch.offsets, batch.lengths) {
      for head in 0..<heads {
        for query in 0..<length {
          let token = start + query
          let keys = window.keys(ofQuery: query, length: length).map { start + $0 }
          let s = keys.map { own.score(token, $0, head) - logs[token * heads + head] }
          let t = keys.map { other.score(token, $0, head) - otherLogs[token * heads + head] }
          let weights = zip(s, t).map(logarithmicMean)
          let given = (0..<own.size).map { dy[token * width + head * own.size + $0] }
          func mean(_ place: Int) -> [Double] { (0..<own.size).map { (own.x[place + $0] + other.x[place + $0]) / 2 } }
          let dp = keys.map { zip(given, mean(own.place($0, 2, head))).reduce(0) { $0 + $1.0 * $1.1 } }
          let offset = zip(weights, dp).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
          let q = mean(own.place(token, 0, head))
          for (index, key) in keys.enumerated() {
            let ds = weights[index] * (dp[index] - offset) * Double(scale)
            let (k, p) = (mean(own.place(key, 1, head)), (exp(s[index]) + exp(t[index])) / 2)
            let row = own.row(token - key, head)
            for d in 0..<own.size {
              dx[own.place(token, 0, head) + d] += ds * (k[d] + (own.keys?[row + d] ?? 0))
              dx[own.place(key, 1, head) + d] += ds * (q[d] + (own.queries?[row + d] ?? 0))
              dx[own.place(key, 2, head) + d] += p * given[d]
            }
          }
        }
      }
    }
    try store(dx, to: output)
  }

  /// (exp(s) - exp(t)) / (s - t).
  func logarithmicMean(_ s: Double, _ t: Double) -> Double {
    let gap = abs(s - t)
    return exp(max(s, t)) * (gap < 1e-5 ? 1 - gap / 2 + gap * gap / 6 : -expm1(-gap) / gap)
  }
}
