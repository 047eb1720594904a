/// Scores of training rows for a block of scored rows, over all checkpoints.
///
/// With h what the last linear layer reads, g the loss's gradient towards its outputs and η the learning rates, the score
/// of training row x for row x' is Σ η (g·g')(h·h'), and with the bias Σ η (g·g')(h·h' + 1): the products of the
/// loss's gradients towards the layer's weights (TracInCP, arXiv 2002.08484, appendix F). A similarity is the mean over
/// checkpoints of h·h' / (|h| |h'|), and 0 where a vector is zero.
///
/// A pair's score does not depend on the other rows of the blocks.
public struct InfluenceScores: Sendable {
  private let influence: Influence
  private let scored: [ReadingBlock]
  private let norms: [[Double]]
  /// Offsets of the scored rows that have a reading under every checkpoint.
  public let usable: [Int]
  /// One per entry of `usable`.
  public private(set) var results: [InfluentialRows]

  /// Scored rows that a task takes at once.
  private static let chunk = 64

  /// - Parameter scored: one block per checkpoint, of the same rows.
  public init(_ influence: Influence, scored: [ReadingBlock]) {
    self.influence = influence
    self.scored = scored
    norms = influence.kind == .similarity ? scored.map(\.norms) : []
    usable = scored.usable
    results = usable.map { _ in InfluentialRows(count: influence.top) }
  }

  /// Takes the next training rows.
  ///
  /// - Parameter training: one block per checkpoint, of the same rows, behind those that were taken before.
  public mutating func add(_ training: [ReadingBlock]) async {
    let rows = training.usable
    guard !rows.isEmpty, !usable.isEmpty else { return }
    let trainingNorms = influence.kind == .similarity ? training.map(\.norms) : []
    let known = (self, results)
    results = await withTaskGroup(of: (Int, [InfluentialRows]).self) { group in
      for start in stride(from: 0, to: usable.count, by: Self.chunk) {
        group.addTask {
          let end = min(start + Self.chunk, known.1.count)
          var own = Array(known.1[start..<end])
          known.0.score(start..<end, training, rows, trainingNorms, &own)
          return (start, own)
        }
      }
      var results = known.1
      for await (start, own) in group { results.replaceSubrange(start..<start + own.count, with: own) }
      return results
    }
  }

  /// Scores of every training row for some of the usable rows.
  private func score(
    _ range: Range<Int>, _ training: [ReadingBlock], _ rows: [Int], _ trainingNorms: [[Double]],
    _ results: inout [InfluentialRows]
  ) {
    let weights = influence.weights(checkpoints: scored.count)
    var scores = [Double](repeating: 0, count: range.count * rows.count)
    for checkpoint in scored.indices {
      let (own, other) = (scored[checkpoint], training[checkpoint])
      let bias = influence.includesBias ? 1.0 : 0.0
      own.inputs.withUnsafeBufferPointer { ownInputs in
        other.inputs.withUnsafeBufferPointer { otherInputs in
          for (place, index) in range.enumerated() {
            let row = usable[index]
            let input = UnsafeBufferPointer(rebasing: ownInputs[row * own.width..<(row + 1) * own.width])
            for (column, training) in rows.enumerated() {
              let product = dot(
                input, UnsafeBufferPointer(rebasing: otherInputs[training * own.width..<(training + 1) * own.width]))
              let part: Double
              switch influence.kind {
              case .tracInCP:
                var gradients: Float = 0
                for output in 0..<own.classes {
                  gradients +=
                    own.gradients[row * own.classes + output]
                    * other.gradients[training * own.classes + output]
                }
                part = Double(gradients) * (Double(product) + bias)
              case .similarity:
                let length = norms[checkpoint][row] * trainingNorms[checkpoint][training]
                part = length > 0 ? Double(product) / length : 0
              }
              scores[place * rows.count + column] += weights[checkpoint] * part
            }
          }
        }
      }
    }
    for place in results.indices {
      for (column, offset) in rows.enumerated() {
        results[place].add(training[0].rows.lowerBound + Int64(offset), scores[place * rows.count + column])
      }
    }
  }
}

/// Σ a b, in float32 over eight sums.
private func dot(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Float {
  guard let first = a.baseAddress, let second = b.baseAddress else { return 0 }
  let (left, right) = (UnsafeRawPointer(first), UnsafeRawPointer(second))
  var sums = SIMD8<Float>.zero
  let whole = a.count & ~7
  for index in stride(from: 0, to: whole, by: 8) {
    let offset = index * MemoryLayout<Float>.stride
    sums +=
      left.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
      * right.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
  }
  var sum = sums.sum()
  for index in whole..<a.count { sum += a[index] * b[index] }
  return sum
}

extension ReadingBlock {
  /// |h| of each row.
  fileprivate var norms: [Double] {
    states.indices.map { row in
      inputs[row * width..<(row + 1) * width].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
  }
}

extension [ReadingBlock] {
  /// Offsets of the rows that every block has a reading of.
  fileprivate var usable: [Int] {
    guard let first else { return [] }
    return first.states.indices.filter { row in allSatisfy { $0.states[row] == .read } }
  }
}
