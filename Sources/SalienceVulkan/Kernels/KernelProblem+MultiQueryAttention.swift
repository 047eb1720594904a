import Foundation
import SalienceTensors

extension KernelProblem {
  /// More heads than a group has at a time, over a sequence of several tiles and one of a few tokens; each pass reads
  /// what the passes before it should have written.
  init?(multiQueryAttention kernel: Kernel) {
    guard let last = kernel.constants.last else { return nil }
    let isVector = kernel.stem != "attention_multi_query_scores" || kernel.constants[1] != 0
    let reference = MultiQueryReference(columns: isVector ? 140 : 139)
    let (heads, columns) = (reference.heads, reference.columns)
    let tokens = reference.lengths.reduce(0, +)
    let offsets = [0, UInt32(reference.lengths[0]), UInt32(tokens)]
    let sequences = reference.lengths.enumerated().flatMap { Array(repeating: UInt32($0), count: $1) }
    let (head, wide) = (UInt32(heads), UInt32(columns))
    let group = Int(kernel.constants[0])
    func floats(_ values: [Double]) -> [UInt32] { Self.words(values.map(Float.init)) }
    func problem(
      _ buffers: [[UInt32]], push: [UInt32], groups: (Int, Int, Int), _ name: String, _ binding: Int,
      _ expected: [Double]
    ) -> Self {
      Self(
        kernel: kernel, buffers: buffers, push: push, groups: groups,
        results: [Result(name: name, binding: binding, expected: expected)])
    }
    let pairs = (reference.lengths.count * heads * Int(last) + group - 1) / group
    switch kernel.stem {
    case "attention_multi_query_scores":
      let tiles = Self.tiles(of: Int(last), lengths: reference.lengths)
      let headsOfGroup = group / Int(last) * 4
      self = problem(
        [
          Self.words(reference.queries), Self.words(reference.rows), tiles, sequences,
          Self.blank(reference.scores.count), [UInt32(tiles.count / 3)],
        ],
        push: [0, wide, head], groups: (tiles.count / 3, 1, (heads + headsOfGroup - 1) / headsOfGroup), "scores", 4,
        reference.scores)
    case "attention_multi_query_softmax":
      self = problem(
        [floats(reference.scores), offsets, reference.selectedRows.map { UInt32($0) }, [UInt32(offsets.count - 1)]],
        push: [0, head, reference.scale.bitPattern] + reference.window.push, groups: (pairs, 1, 1), "probabilities", 0,
        reference.probabilities)
    case "attention_multi_query_softmax_backward":
      self = problem(
        [floats(reference.probabilities), floats(reference.probabilityGradient), offsets, [UInt32(offsets.count - 1)]],
        push: [0, head, reference.scale.bitPattern], groups: (pairs, 1, 1), "slopes", 1, reference.slopes)
    case "attention_multi_query_values":
      let (spans, blocks) = ((columns + group - 1) / group, (heads + 4 * Int(last) - 1) / (4 * Int(last)))
      self = problem(
        [
          floats(reference.probabilities), Self.words(reference.rows), offsets, Self.blank(reference.output.count),
          [UInt32(offsets.count - 1)],
        ],
        push: [0, wide, head], groups: (offsets.count - 1, 1, spans * blocks), "sums", 3, reference.output)
    case "attention_multi_query_backward_rows":
      let tiles = Self.tiles(of: Int(last), lengths: reference.lengths)
      self = problem(
        [
          Self.words(reference.outputGradient), Self.words(reference.queries), floats(reference.probabilities),
          floats(reference.slopes), tiles, sequences, Self.blank(reference.rows.count), [UInt32(tiles.count / 3)],
        ],
        push: [0, wide, head], groups: (tiles.count / 3, 1, (columns + group - 1) / group), "gradient", 6,
        reference.rowGradient)
    default: return nil
    }
  }
}

/// Multi-query attention and its gradient in float64, over numbers of its own.
private struct MultiQueryReference {
  let lengths = [37, 3]
  /// Over the batch.
  let selectedRows = [11, 39]
  let heads = 18
  let scale: Float = 0.125
  let window = AttentionWindow(before: 9, after: 20)
  let columns: Int
  /// u and dz [B x A·C].
  let queries, outputGradient: [Float]
  /// [T x C].
  let rows: [Float]
  /// Of every token, and dP.
  private(set) var scores: [Double] = []
  private(set) var probabilityGradient: [Double] = []
  private(set) var probabilities: [Double] = []
  private(set) var slopes: [Double] = []
  private(set) var output: [Double] = []
  private(set) var rowGradient: [Double]

  init(columns: Int) {
    self.columns = columns
    queries = KernelProblem.numbers(lengths.count * heads * columns, seed: 15)
    outputGradient = KernelProblem.numbers(lengths.count * heads * columns, seed: 16)
    rows = KernelProblem.numbers(lengths.reduce(0, +) * columns, seed: 17)
    rowGradient = Array(repeating: 0, count: rows.count)
    var start = 0
    for (sequence, length) in lengths.enumerated() {
      let seen = window.keys(ofQuery: selectedRows[sequence] - start, length: length)
      for head in 0..<heads { add(start, length, seen, vector: (sequence * heads + head) * columns) }
      start += length
    }
  }

  private mutating func add(_ start: Int, _ length: Int, _ seen: Range<Int>, vector: Int) {
    func products(_ vectors: [Float]) -> [Double] {
      (0..<length).map { token in
        (0..<columns).reduce(0) { $0 + Double(vectors[vector + $1]) * Double(rows[(start + token) * columns + $1]) }
      }
    }
    let (own, gradient, factor) = (products(queries), products(outputGradient), Double(scale))
    let top = seen.map { own[$0] * factor }.max() ?? 0
    let weights = own.indices.map { seen.contains($0) ? exp(own[$0] * factor - top) : 0 }
    let p = weights.map { $0 / weights.reduce(0, +) }
    let mean = zip(p, gradient).reduce(0) { $0 + $1.0 * $1.1 }
    let ds = zip(p, gradient).map { $0 * ($1 - mean) * factor }
    var sums = [Double](repeating: 0, count: columns)
    for token in 0..<length {
      for c in 0..<columns {
        let place = (start + token) * columns + c
        sums[c] += p[token] * Double(rows[place])
        rowGradient[place] += p[token] * Double(outputGradient[vector + c]) + ds[token] * Double(queries[vector + c])
      }
    }
    (scores, probabilityGradient) = (scores + own, probabilityGradient + gradient)
    (probabilities, slopes, output) = (probabilities + p, slopes + ds, output + sums)
  }
}
