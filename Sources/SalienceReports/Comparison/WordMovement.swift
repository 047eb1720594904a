/// How the attribution of one word changed from one checkpoint to the other.
public struct WordMovement: Sendable, Equatable {
  public let method: String
  public let modelA: String
  public let modelB: String
  public let target: String
  /// Lowercased, pieces joined.
  public let word: String
  /// Occurrences compared.
  public let count: Int64
  /// Mean over the occurrences of the sum of the pieces' normalized attributions.
  public let meanA: Double
  public let meanB: Double
  /// Mean of B - A.
  public let meanChange: Double
}

/// Sums of word attributions; memory grows with the number of distinct words, not with the dataset.
struct WordTally {
  private struct Key: Hashable {
    let method: ExactText
    let target: ExactText
    let word: ExactText
  }

  private struct Sums {
    var count: Int64 = 0
    var a = 0.0
    var b = 0.0
  }

  private var sums: [Key: Sums] = [:]

  /// Adds each word of two explanations of the same tokens for the same target.
  ///
  /// Those of runs that hold no tokens have no words.
  mutating func add(_ a: StoredExplanation, _ b: StoredExplanation) {
    guard a.hasTokens, b.hasTokens else { return }
    let pieces = a.pieces
    for range in a.wordRanges {
      guard !a.special[range.lowerBound] else { continue }
      let word = WordPieces.text(of: a.tokens[range], pieces).lowercased()
      let key = Key(method: ExactText(a.method), target: ExactText(a.target), word: ExactText(word))
      var sum = sums[key] ?? Sums()
      sum.count += 1
      for index in range {
        sum.a += Double(a.normalized[index])
        sum.b += Double(b.normalized[index])
      }
      sums[key] = sum
    }
  }

  /// Words seen at least `minimumCount` times: by method and target, the largest change first.
  func movements(modelA: String, modelB: String, minimumCount: Int) -> [WordMovement] {
    sums.filter { $0.value.count >= Int64(minimumCount) }.map { key, sum in
      let count = Double(sum.count)
      return WordMovement(
        method: key.method.text, modelA: modelA, modelB: modelB, target: key.target.text, word: key.word.text,
        count: sum.count, meanA: sum.a / count, meanB: sum.b / count, meanChange: (sum.b - sum.a) / count)
    }
    .sorted { left, right in
      for (a, b) in [(left.method, right.method), (left.target, right.target)] where !a.utf8.elementsEqual(b.utf8) {
        return a.utf8.lexicographicallyPrecedes(b.utf8)
      }
      if left.meanChange.magnitude != right.meanChange.magnitude {
        return left.meanChange.magnitude > right.meanChange.magnitude
      }
      return left.word.utf8.lexicographicallyPrecedes(right.word.utf8)
    }
  }
}
