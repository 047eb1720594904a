import Foundation
import SalienceTensors

extension ReferenceStream: AttentionKernels {
  /// One head of one sequence: query rows against key and value rows, each a row start in its array.
  struct AttentionHead {
    let queries: [Int]
    var keys: [Int]
    var values: [Int]
    let size: Int

    /// The keys that a window shows.
    func showing(_ range: Range<Int>) -> AttentionHead {
      var head = self
      (head.keys, head.values) = (Array(keys[range]), Array(values[range]))
      return head
    }
  }

  /// softmax(q · k scale) over the keys, and the log of its denominator.
  private func probabilities(
    _ q: [Double], _ kv: [Double], _ head: AttentionHead, query: Int, scale: Double
  ) -> (values: [Double], logSumExp: Double) {
    let scores = head.keys.map { key in
      (0..<head.size).reduce(0) { $0 + q[head.queries[query] + $1] * kv[key + $1] } * scale
    }
    let top = scores.max() ?? 0
    let sum = scores.reduce(0) { $0 + exp($1 - top) }
    return (scores.map { exp($0 - top) / sum }, top + log(sum))
  }

  private func context(_ p: [Double], _ kv: [Double], _ head: AttentionHead) -> [Double] {
    (0..<head.size).map { d in zip(p, head.values).reduce(0) { $0 + $1.0 * kv[$1.1 + d] } }
  }

  private func backward(
    _ p: [Double], _ q: [Double], _ kv: [Double], _ head: AttentionHead, query: Int, scale: Double, gradient: [Double],
    dq: inout [Double], dkv: inout [Double]
  ) {
    let dp = head.values.map { value in (0..<head.size).reduce(0) { $0 + gradient[$1] * kv[value + $1] } }
    let mean = zip(p, dp).reduce(0) { $0 + $1.0 * $1.1 }
    for (index, key) in head.keys.enumerated() {
      let ds = p[index] * (dp[index] - mean) * scale
      for d in 0..<head.size {
        dq[head.queries[query] + d] += ds * kv[key + d]
        dkv[key + d] += ds * q[head.queries[query] + d]
        dkv[head.values[index] + d] += p[index] * gradient[d]
      }
    }
  }

  private func heads(_ count: Int, width: Int, of rows: Range<Int>) -> [AttentionHead] {
    let size = width / count
    return (0..<count).map { head in
      let starts = rows.map { $0 * 3 * width + head * size }
      return AttentionHead(
        queries: starts, keys: starts.map { $0 + width }, values: starts.map { $0 + 2 * width }, size: size)
    }
  }

  private var sequences: [Range<Int>] { zip(batch.offsets, batch.offsets.dropFirst()).map { $0..<$1 } }

  public func attention(
    _ qkv: Handle, heads count: Int, scale: Float, window: AttentionWindow, context: Handle, logSumExp: Handle?
  ) throws {
    let (rows, width) = try size(context)
    let input = try values(qkv)
    var (result, logs) = ([Double](repeating: 0, count: rows * width), [Double](repeating: 0, count: rows * count))
    for sequence in sequences {
      for (index, head) in heads(count, width: width, of: sequence).enumerated() {
        for (query, row) in sequence.enumerated() {
          let head = head.showing(window.keys(ofQuery: query, length: sequence.count))
          let p = probabilities(input, input, head, query: query, scale: Double(scale))
          let start = row * width + index * head.size
          result.replaceSubrange(start..<start + head.size, with: self.context(p.values, input, head))
          logs[row * count + index] = p.logSumExp
        }
      }
    }
    try store(result, to: context)
    if let logSumExp { try store(logs, to: logSumExp) }
  }

  public func attentionGradient(
    _ gradient: Handle, qkv: Handle, context: Handle, logSumExp: Handle, heads count: Int, scale: Float,
    window: AttentionWindow, output: Handle
  ) throws {
    let width = try size(context).width
    let (input, dy) = (try values(qkv), try values(gradient))
    var (dq, dkv) = ([Double](repeating: 0, count: input.count), [Double](repeating: 0, count: input.count))
    for sequence in sequences {
      for (index, head) in heads(count, width: width, of: sequence).enumerated() {
        for (query, row) in sequence.enumerated() {
          let head = head.showing(window.keys(ofQuery: query, length: sequence.count))
          let p = probabilities(input, input, head, query: query, scale: Double(scale)).values
          let start = row * width + index * head.size
          backward(
            p, input, input, head, query: query, scale: Double(scale), gradient: Array(dy[start..<start + head.size]),
            dq: &dq, dkv: &dkv)
        }
      }
    }
    try store(zip(dq, dkv).map(+), to: output)
  }

  /// Heads with one query a sequence, of sequences' own rows of queries, keys and values.
  typealias OneQueryHeads = (_ sequence: Int, _ rows: Range<Int>) -> [AttentionHead]

  /// Contexts of each sequence's heads, one after another, and the probabilities of all of its tokens.
  func oneQueryAttention(
    _ q: [Double], _ kv: [Double], heads: OneQueryHeads, scale: Float, window: AttentionWindow
  ) -> (contexts: [Double], probabilities: [Double]) {
    var (contexts, saved) = ([Double](), [Double]())
    for (index, sequence) in sequences.enumerated() {
      let seen = window.keys(ofQuery: batch.selectedRows[index] - sequence.lowerBound, length: sequence.count)
      for whole in heads(index, sequence) {
        let head = whole.showing(seen)
        let p = probabilities(q, kv, head, query: 0, scale: Double(scale)).values
        saved += [Double](repeating: 0, count: seen.lowerBound) + p
        saved += [Double](repeating: 0, count: sequence.count - seen.upperBound)
        contexts += context(p, kv, head)
      }
    }
    return (contexts, saved)
  }

  /// Gradients of queries, and of keys and values.
  func oneQueryAttentionGradient(
    _ dy: [Double], _ q: [Double], _ kv: [Double], heads: OneQueryHeads, scale: Float, window: AttentionWindow
  ) -> (queries: [Double], keysValues: [Double]) {
    var (dq, dkv) = ([Double](repeating: 0, count: q.count), [Double](repeating: 0, count: kv.count))
    for (index, sequence) in sequences.enumerated() {
      let seen = window.keys(ofQuery: batch.selectedRows[index] - sequence.lowerBound, length: sequence.count)
      for whole in heads(index, sequence) {
        let head = whole.showing(seen)
        let p = probabilities(q, kv, head, query: 0, scale: Double(scale)).values
        let start = head.queries[0]
        backward(
          p, q, kv, head, query: 0, scale: Double(scale), gradient: Array(dy[start..<start + head.size]), dq: &dq,
          dkv: &dkv)
      }
    }
    return (dq, dkv)
  }

  private func selectedRowHeads(_ count: Int, width: Int) -> OneQueryHeads {
    let size = width / count
    return { sequence, rows in
      (0..<count).map { head in
        let starts = rows.map { $0 * 2 * width + head * size }
        return AttentionHead(
          queries: [sequence * width + head * size], keys: starts, values: starts.map { $0 + width }, size: size)
      }
    }
  }

  public func selectedRowAttention(
    _ query: Handle, keysValues: Handle, heads count: Int, scale: Float, window: AttentionWindow, context: Handle,
    probabilities: Handle?
  ) throws {
    let result = oneQueryAttention(
      try values(query), try values(keysValues), heads: selectedRowHeads(count, width: try size(context).width),
      scale: scale, window: window)
    try store(result.contexts, to: context)
    if let probabilities { try store(result.probabilities, to: probabilities) }
  }

  public func selectedRowAttentionGradient(
    _ gradient: Handle, query: Handle, keysValues: Handle, probabilities: Handle, heads count: Int, scale: Float,
    window: AttentionWindow, queryGradient: Handle?, keysValuesGradient: Handle?
  ) throws {
    let result = oneQueryAttentionGradient(
      try values(gradient), try values(query), try values(keysValues),
      heads: selectedRowHeads(count, width: try size(query).width), scale: scale, window: window)
    if let queryGradient { try store(result.queries, to: queryGradient) }
    if let keysValuesGradient { try store(result.keysValues, to: keysValuesGradient) }
  }
}
