import Foundation
import SalienceTensors

extension KernelProblem {
  /// Two heads over a sequence of a tile and a bit, and one of a few tokens; a window hides some of either, and of a
  /// longer one whole steps.
  init?(attention kernel: Kernel) {
    guard kernel.constants.count >= 6, let pass = AttentionTile.Pass(rawValue: kernel.stem) else { return nil }
    let (headSize, rows) = (Int(kernel.constants[2]), Int(kernel.constants[3]))
    let window = kernel.constants[5] == 0 ? AttentionWindow.everything : AttentionWindow(before: 9, after: 2)
    let lengths = window == .everything ? [rows + 3, 5] : [rows + 3, 5, rows + 48]
    let reference = AttentionReference(
      lengths: lengths, heads: 2, headSize: headSize, scale: 0.25, window: window)
    let items = Self.tiles(of: rows, lengths: reference.lengths)
    let qkv = Self.words(reference.qkv)
    let counts = [UInt32(items.count / 3)]
    let buffers: [[UInt32]]
    let results: [Result]
    if pass == .forward {
      let savesLogs = kernel.constants.count > 6 && kernel.constants[6] != 0
      results =
        [Result(name: "context", binding: 1, expected: reference.context)]
        + (savesLogs ? [Result(name: "logarithm of the sum", binding: 2, expected: reference.logSumExp)] : [])
      buffers = [
        qkv, Self.blank(reference.context.count), Self.blank(reference.logSumExp.count), items, counts,
      ]
    } else {
      // Each pass writes its own part of a row of dQ, dK and dV.
      let own = pass == .queries ? 0..<reference.width : reference.width..<3 * reference.width
      let expected = reference.gradient.enumerated().map { own.contains($0 % (3 * reference.width)) ? $1 : nil }
      results = [Result(name: "gradient", binding: 4, expected: expected)]
      buffers = [
        qkv, Self.words(reference.outputGradient), Self.words(reference.logSumExp.map(Float.init)),
        Self.words(reference.offsets.map(Float.init)), Self.blank(expected.count), items, counts,
      ]
    }
    self.init(
      kernel: kernel, buffers: buffers,
      push: [0, UInt32(reference.width), UInt32(reference.heads), reference.scale.bitPattern] + window.push,
      groups: (items.count / 3, 1, reference.heads), results: results)
  }

  /// What both passes of the gradient subtract.
  init?(attentionOffsets kernel: Kernel) {
    guard kernel.constants.count == 3 else { return nil }
    let reference = AttentionReference(
      lengths: [19], heads: 2, headSize: Int(kernel.constants[2]), scale: 0.25, window: .everything)
    let count = reference.offsets.count
    self.init(
      kernel: kernel,
      buffers: [
        Self.words(reference.outputGradient), Self.words(reference.context.map(Float.init)), Self.blank(count), [19],
      ],
      push: [0, 2], groups: (1 + count / Int(kernel.constants[0]), 1, 1),
      results: [Result(name: "offsets", binding: 2, expected: reference.offsets)])
  }
}

/// Attention and its gradient in float64, over numbers of its own.
struct AttentionReference {
  let lengths: [Int]
  let heads: Int
  let scale: Float
  let window: AttentionWindow
  /// H.
  let width: Int
  /// [T x 3H].
  let qkv: [Float]
  /// dO [T x H].
  let outputGradient: [Float]
  /// [T x H].
  private(set) var context: [Double]
  /// [T x A].
  private(set) var logSumExp: [Double]
  /// Σ dO O over each head [T x A].
  private(set) var offsets: [Double]
  /// dQ, dK and dV [T x 3H].
  private(set) var gradient: [Double]

  init(lengths: [Int], heads: Int, headSize: Int, scale: Float, window: AttentionWindow) {
    self.window = window
    self.lengths = lengths
    self.heads = heads
    self.scale = scale
    width = heads * headSize
    let tokens = lengths.reduce(0, +)
    qkv = KernelProblem.numbers(tokens * 3 * width, seed: 4)
    outputGradient = KernelProblem.numbers(tokens * width, seed: 5)
    context = Array(repeating: 0, count: tokens * width)
    logSumExp = Array(repeating: 0, count: tokens * heads)
    offsets = logSumExp
    gradient = Array(repeating: 0, count: tokens * 3 * width)
    var start = 0
    for length in lengths {
      for head in 0..<heads { add(start, length, head: head, size: headSize) }
      start += length
    }
  }

  private mutating func add(_ start: Int, _ length: Int, head: Int, size: Int) {
    /// Element of Q (0), K (1) or V (2).
    func place(_ part: Int, _ token: Int) -> Int { (start + token) * 3 * width + part * width + head * size }
    let factor = Double(scale)
    for query in 0..<length {
      let out = (start + query) * width + head * size
      let keys = window.keys(ofQuery: query, length: length)
      let scores = keys.map { key in
        (0..<size).reduce(0.0) { $0 + Double(qkv[place(0, query) + $1]) * Double(qkv[place(1, key) + $1]) } * factor
      }
      let top = scores.max() ?? 0
      let denominator = scores.reduce(0) { $0 + exp($1 - top) }
      let probabilities = scores.map { exp($0 - top) / denominator }
      let slopes = keys.map { key in
        (0..<size).reduce(0.0) { $0 + Double(outputGradient[out + $1]) * Double(qkv[place(2, key) + $1]) }
      }
      let offset = zip(probabilities, slopes).reduce(0) { $0 + $1.0 * $1.1 }
      logSumExp[(start + query) * heads + head] = top + log(denominator)
      offsets[(start + query) * heads + head] = offset
      for (key, (probability, slope)) in zip(keys, zip(probabilities, slopes)) {
        let slope = probability * (slope - offset) * factor
        for i in 0..<size {
          context[out + i] += probability * Double(qkv[place(2, key) + i])
          gradient[place(0, query) + i] += slope * Double(qkv[place(1, key) + i])
          gradient[place(1, key) + i] += slope * Double(qkv[place(0, query) + i])
          gradient[place(2, key) + i] += probability * Double(outputGradient[out + i])
        }
      }
    }
  }
}
